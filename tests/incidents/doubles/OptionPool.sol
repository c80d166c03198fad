// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IAggregatorV3} from "../../../contracts/interfaces/IAggregatorV3.sol";
import {TestToken} from "../../../contracts/mocks/TestToken.sol";
import {IPriceSource} from "./LendingMarket.sol";

/// @notice Covered calls: writers left one unit of the asset for each, and after the expiry a holder takes what his are
/// in the money at the price of that moment.
contract OptionPool {
    using Math for uint256;

    IPriceSource public immutable prices;
    TestToken public immutable asset;
    /// @notice US dollars, 18 decimals.
    uint256 public immutable strike;
    uint256 public immutable expiry;
    mapping(address => uint256) public callsOf;

    error NotExpired(uint256 expiry);

    constructor(IPriceSource prices_, TestToken asset_, uint256 strike_, uint256 expiry_) {
        (prices, asset, strike, expiry) = (prices_, asset_, strike_, expiry_);
    }

    /// @notice Calls for `to`, with the asset that covers them.
    function write(address to, uint256 calls) external {
        asset.transferFrom(msg.sender, address(this), calls);
        callsOf[to] += calls;
    }

    function redeem() external returns (uint256 paid) {
        if (block.timestamp < expiry) revert NotExpired(expiry);
        uint256 price = prices.price(address(asset));
        if (price > strike) paid = callsOf[msg.sender].mulDiv(price - strike, price);
        callsOf[msg.sender] = 0;
        asset.transfer(msg.sender, paid);
    }
}

/// @notice The pricer of the incident: it takes every answer for one of eight decimals, and anyone may write one.
contract OpenPricer {
    mapping(address asset => IAggregatorV3) private _feeds;
    mapping(address asset => int256) private _written;

    function setFeed(address asset, IAggregatorV3 feed) external {
        _feeds[asset] = feed;
    }

    function write(address asset, int256 answer) external {
        _written[asset] = answer;
    }

    function price(address asset) external view returns (uint256) {
        int256 answer = _written[asset];
        if (answer == 0) (, answer,,,) = _feeds[asset].latestRoundData();
        return uint256(answer) * 1e10;
    }
}
