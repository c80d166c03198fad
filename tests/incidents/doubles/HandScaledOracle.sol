// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

import {IAggregatorV3} from "../../../contracts/interfaces/IAggregatorV3.sol";

/// @notice An oracle of the field that is told the decimals of its tokens when it is deployed, and makes a price of the
/// smallest unit with them. The market knows the true decimals: it sees the price of a whole token wrong by whatever
/// the deployer typed wrong.
contract HandScaledOracle {
    struct Source {
        IAggregatorV3 feed;
        uint8 typedDecimals;
    }

    mapping(address asset => Source) private _sources;

    function set(address asset, IAggregatorV3 feed, uint8 typedDecimals) external {
        _sources[asset] = Source(feed, typedDecimals);
    }

    /// @notice US dollars for a whole token, 18 decimals, as they follow from the price of the smallest unit.
    function price(address asset) external view returns (uint256) {
        Source memory source = _sources[asset];
        (, int256 answer,,,) = source.feed.latestRoundData();
        uint256 typed = uint256(answer) * 10 ** (18 - source.feed.decimals());
        return typed * 10 ** IERC20Metadata(asset).decimals() / 10 ** source.typedDecimals;
    }
}
