// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAggregatorV3} from "./IAggregatorV3.sol";

/// @title Prices of assets in US dollars
/// @notice One entry point to Chainlink-style feeds: staleness, sign, band, decimals and a second source are checked
/// here and nowhere else. A price that fails a check reverts.
/// @dev Decimals are read from the feed at every price, so that a feed that changes them is met by the band at once.
/// Only the first feed of an asset is active at once. Every later one waits and is compared with the one it replaces.
/// Where that one has no price any more (it died, or governance retired it), there is nothing to compare with: then
/// the new feed must have a second source that agrees with it, and waits twice as long.
interface IOracleHub {
    /// @notice How the price of an asset is found.
    struct Feed {
        IAggregatorV3 primary;
        /// @dev Zero where there is no second source.
        IAggregatorV3 secondary;
        /// @dev Oldest answer that counts, in seconds; each source has its own heartbeat.
        uint32 maxStaleness;
        uint32 secondaryMaxStaleness;
        uint16 maxDeviationBps;
        /// @dev Accepted band of the price, 18 decimals.
        uint128 minPrice;
        uint128 maxPrice;
    }

    event FeedProposed(address indexed asset, Feed feed, uint256 activeFrom);
    event FeedActivated(address indexed asset, Feed feed);
    event FeedProposalCancelled(address indexed asset);
    event FeedRetired(address indexed asset);

    error NotGovernor(address caller);
    error FeedUnknown(address asset);
    error FeedNotContract(address asset, address feed);
    error StalenessOutOfRange(address asset, uint256 given, uint256 least, uint256 largest);
    /// @notice A contract that does not answer as a feed.
    error FeedUnreadable(address asset, address feed);
    error DeviationOutOfRange(address asset, uint256 given, uint256 largest);
    error BandInvalid(address asset, uint256 minPrice, uint256 maxPrice, uint256 widest);
    error SourcesNotIndependent(address asset, address feed);
    error SecondSourceMissing(address asset);
    error PriceStale(address asset, uint256 updatedAt, uint256 oldestAllowed);
    error PriceFromFuture(address asset, uint256 updatedAt, uint256 nowAt);
    error PriceNotPositive(address asset, int256 answer);
    error PriceOutOfBand(address asset, uint256 price, uint256 minPrice, uint256 maxPrice);
    error SourcesDeviate(
        address asset, uint256 primary, uint256 secondary, uint256 maxDeviationBps
    );
    error FeedJump(address asset, uint256 oldPrice, uint256 newPrice, uint256 maxJumpBps);
    error FeedNotProposed(address asset);
    error FeedNotReady(address asset, uint256 activeFrom);
    error FeedProposalExpired(address asset, uint256 expiredAt);
    error SequencerDown();
    error SequencerGrace(uint256 upSince, uint256 grace);

    /* PRICES */

    /// @notice Price of one whole token in US dollars, 18 decimals.
    function price(address asset) external view returns (uint256);

    /// @notice The same with limits that can only be tighter than the feed's own.
    /// @param maxStaleness in seconds, for both sources
    /// @param maxDeviationBps of the lower of the two sources' prices
    function priceWithin(address asset, uint256 maxStaleness, uint256 maxDeviationBps)
        external
        view
        returns (uint256);

    /// @notice Reverts while the rollup's sequencer is down, or has been up for less than `grace` seconds. Does nothing
    /// on a chain without one. Only for what adds risk: leaving must not depend on it.
    function requireSequencer(uint256 grace) external view;

    /* FEEDS */

    /// @notice First stage of a feed change: probed at once, active after the delay. A first feed is active at once.
    /// Governor only. A second proposal replaces the first and waits anew.
    function proposeFeed(address asset, Feed calldata feed) external;

    /// @notice Second stage: probes again, compares with the old feed and switches. Anyone may call it, between
    /// `activeFrom` and the end of the proposal.
    function activateFeed(address asset) external;

    /// @notice Withdraws a proposed feed. Governor only.
    function cancelFeed(address asset) external;

    /// @notice Ends the price of an asset, where its feed is wrong rather than dead. Governor only. What needs the
    /// price stops; redeeming in kind goes on.
    function retireFeed(address asset) external;

    /* VIEWS */

    function feedOf(address asset) external view returns (Feed memory);
    function proposedFeedOf(address asset)
        external
        view
        returns (Feed memory feed, uint256 activeFrom);
    /// @notice Who changes feeds: the timelock.
    function governor() external view returns (address);
    /// @notice The rollup's sequencer feed, or zero.
    function sequencerFeed() external view returns (IAggregatorV3);
    /// @notice Seconds from a proposed feed to its activation.
    function feedDelay() external view returns (uint256);
    /// @notice Largest difference between the old and the new feed at activation, of the old price.
    function maxJumpBps() external view returns (uint256);
}
