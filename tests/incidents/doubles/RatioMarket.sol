// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {TestToken} from "../../../contracts/mocks/TestToken.sol";
import {IPriceSource} from "./LendingMarket.sol";

/// @notice A lending market that turns the price of its collateral round, and rounds: what one unit of debt needs of
/// collateral. A price above 1e36 makes nothing of it, and then no debt is too large.
contract RatioMarket {
    uint256 private constant BPS = 10_000;

    IPriceSource public immutable prices;
    ERC20 public immutable collateral;
    TestToken public immutable debt;
    uint256 public immutable maxLtvBps;
    mapping(address => uint256) public collateralOf;
    mapping(address => uint256) public debtOf;

    error LtvTooHigh(uint256 ltv, uint256 limit);

    constructor(IPriceSource prices_, ERC20 collateral_, TestToken debt_, uint256 maxLtvBps_) {
        (prices, collateral, debt, maxLtvBps) = (prices_, collateral_, debt_, maxLtvBps_);
    }

    function supply(uint256 amount) external {
        collateral.transferFrom(msg.sender, address(this), amount);
        collateralOf[msg.sender] += amount;
    }

    function borrow(uint256 amount) external {
        debtOf[msg.sender] += amount;
        uint256 rate = 1e36 / prices.price(address(collateral));
        uint256 ltv = debtOf[msg.sender] * rate * BPS / 1e18 / collateralOf[msg.sender];
        if (ltv > maxLtvBps) revert LtvTooHigh(ltv, maxLtvBps);
        debt.transfer(msg.sender, amount);
    }
}
