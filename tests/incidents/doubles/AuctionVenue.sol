// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IVenue} from "../../../contracts/interfaces/IVenue.sol";

/// @notice Sells to the highest bid of a short auction, whatever it is: no floor, and whoever comes late comes too late.
contract AuctionVenue is IVenue {
    IERC20 public immutable money;
    uint256 public immutable closesAt;
    address public bidder;
    /// @notice Of one whole token of 18 decimals, in the smallest unit of the money.
    uint256 public bid;

    error Closed(uint256 closedAt);
    error BidTooLow(uint256 bid, uint256 best);

    constructor(IERC20 money_, uint256 duration) {
        (money, closesAt) = (money_, block.timestamp + duration);
    }

    function place(uint256 price) external {
        if (block.timestamp > closesAt) revert Closed(closesAt);
        if (bidder != address(0) && price <= bid) revert BidTooLow(price, bid);
        (bidder, bid) = (msg.sender, price);
    }

    /// @inheritdoc IVenue
    function swap(address tokenIn, address, uint256 amountIn, uint256)
        external
        returns (uint256 amountOut)
    {
        amountOut = amountIn * bid / 1e18;
        IERC20(tokenIn).transferFrom(msg.sender, bidder, amountIn);
        money.transferFrom(bidder, msg.sender, amountOut);
    }
}
