// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAggregatorV3} from "./IAggregatorV3.sol";

/// @title Prices of assets in US dollars
/// @notice One entry point to Chainlink-style feeds: staleness, sign, band, decimals and a second source are checked
/// here and nowhere else. A price that fails a check reverts.
interface IOracleHub {
    /// @notice How the price of an asset is found.
    struct Feed {
        IAggregatorV3 primary;
        /// @dev Zero where there is no second source.
        IAggregatorV3 secondary;
        uint32 maxStaleness;
        uint16 maxDeviationBps;
        /// @dev Accepted band of the price, 18 decimals.
        uint128 minPrice;
        uint128 maxPrice;
    }

    event FeedProposed(address indexed asset, Feed feed, uint256 activeFrom);
    event FeedActivated(address indexed asset, Feed feed);
    event FeedProposalCancelled(address indexed asset);

    error FeedUnknown(address asset);
    error FeedInvalid(address asset);
    error PriceStale(address asset, uint256 updatedAt, uint256 oldestAllowed);
    error PriceNotPositive(address asset, int256 answer);
    error PriceOutOfBand(address asset, uint256 price, uint256 minPrice, uint256 maxPrice);
    error SourcesDeviate(address asset, uint256 primary, uint256 secondary, uint256 maxDeviationBps);
    error FeedJump(address asset, uint256 oldPrice, uint256 newPrice, uint256 maxJumpBps);
    error FeedNotProposed(address asset);
    error FeedNotReady(address asset, uint256 activeFrom);
    error SequencerDown();
    error SequencerGrace(uint256 upSince, uint256 grace);

    /// @notice Price of one whole token in US dollars, 18 decimals.
    function price(address asset) external view returns (uint256);

    /// @notice The same with limits that may only be tighter than the feed's own.
    function priceWithin(address asset, uint256 maxStaleness, uint256 maxDeviationBps)
        external
        view
        returns (uint256);

    /// @notice Reverts while the rollup's sequencer is down, or has been up for less than `grace` seconds.
    function requireSequencer(uint256 grace) external view;

    /// @notice First stage of a feed change: probed at once, active after the delay. A first feed is active at once.
    function proposeFeed(address asset, Feed calldata feed) external;

    /// @notice Second stage: probes again, compares with the old feed and switches. Anyone may call it.
    function activateFeed(address asset) external;

    /// @notice Withdraws a proposed feed.
    function cancelFeed(address asset) external;

    function feedOf(address asset) external view returns (Feed memory);
    function proposedFeedOf(address asset) external view returns (Feed memory feed, uint256 activeFrom);
}
