// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IAggregatorV3} from "./interfaces/IAggregatorV3.sol";
import {IOracleHub} from "./interfaces/IOracleHub.sol";

/// @title Prices of assets in US dollars, each checked before it is believed
contract OracleHub is IOracleHub {
    /// @notice Feed limits of the record: Euler accepts one minute to three days.
    uint256 public constant LEAST_STALENESS = 1 minutes;
    /// @notice Longest time an answer may count, in seconds.
    uint256 public constant LARGEST_STALENESS = 3 days;
    /// @notice Largest difference that a feed may allow between its two sources.
    uint256 public constant LARGEST_DEVIATION_BPS = 2000;
    /// @notice Widest band, as a factor. An error of decimals is at least 10^8 in practice, and must not fit into it.
    uint256 public constant WIDEST_BAND = 1000;
    /// @notice How long a proposed feed may be activated after its delay, in seconds.
    uint256 public constant PROPOSAL_LIFETIME = 14 days;

    uint256 private constant _BPS = 10_000;
    uint256 private constant _PRICE_DECIMALS = 18;
    /// @dev Bytes of a feed's answers: five words, and one.
    uint256 private constant _ROUND_SIZE = 160;
    uint256 private constant _WORD_SIZE = 32;

    /// @inheritdoc IOracleHub
    address public immutable governor;
    /// @inheritdoc IOracleHub
    IAggregatorV3 public immutable sequencerFeed;
    /// @inheritdoc IOracleHub
    uint256 public immutable feedDelay;
    /// @inheritdoc IOracleHub
    uint256 public immutable maxJumpBps;

    struct Proposal {
        Feed feed;
        uint256 activeFrom;
    }

    mapping(address asset => Feed) private _feeds;
    mapping(address asset => Proposal) private _proposals;
    /// @dev Stays true after a feed is retired: its successor is no first feed.
    mapping(address asset => bool) private _listed;

    modifier onlyGovernor() {
        if (msg.sender != governor) revert NotGovernor(msg.sender);
        _;
    }

    /// @param governor_ the timelock
    /// @param sequencerFeed_ zero on a chain without a sequencer
    /// @param feedDelay_ seconds between the stages of a feed change
    /// @param maxJumpBps_ largest difference of old and new feed at the change
    constructor(
        address governor_,
        IAggregatorV3 sequencerFeed_,
        uint256 feedDelay_,
        uint256 maxJumpBps_
    ) {
        governor = governor_;
        sequencerFeed = sequencerFeed_;
        feedDelay = feedDelay_;
        maxJumpBps = maxJumpBps_;
    }

    /* PRICES */

    /// @inheritdoc IOracleHub
    function price(address asset) external view returns (uint256) {
        return _price(asset, _active(asset), type(uint256).max, type(uint256).max);
    }

    /// @inheritdoc IOracleHub
    function priceWithin(address asset, uint256 maxStaleness, uint256 maxDeviationBps)
        external
        view
        returns (uint256)
    {
        return _price(asset, _active(asset), maxStaleness, maxDeviationBps);
    }

    /// @inheritdoc IOracleHub
    function requireSequencer(uint256 grace) external view {
        if (address(sequencerFeed) == address(0)) return;
        // The rest says nothing about being up.
        // slither-disable-next-line unused-return
        (, int256 answer, uint256 startedAt,,) = sequencerFeed.latestRoundData();
        // A round that never started says nothing, which is not "up".
        if (answer != 0 || startedAt == 0) revert SequencerDown();
        if (block.timestamp < startedAt + grace) revert SequencerGrace(startedAt, grace);
    }

    /* FEEDS */

    /// @inheritdoc IOracleHub
    function proposeFeed(address asset, Feed calldata feed) external onlyGovernor {
        _requireSound(asset, feed);
        uint256 newPrice = _price(asset, feed, type(uint256).max, type(uint256).max);
        if (!_listed[asset]) {
            _listed[asset] = true;
            _activate(asset, feed);
            return;
        }
        // What cannot be activated is refused now, while the vote that asked for it can still be seen.
        _requireNoJump(asset, feed, newPrice);
        uint256 activeFrom = block.timestamp + feedDelay;
        _proposals[asset] = Proposal(feed, activeFrom);
        emit FeedProposed(asset, feed, activeFrom);
    }

    /// @inheritdoc IOracleHub
    function activateFeed(address asset) external {
        Proposal memory proposal = _proposals[asset];
        uint256 activeFrom = proposal.activeFrom;
        // Zero is "none", not a time.
        // slither-disable-next-line incorrect-equality
        if (activeFrom == 0) revert FeedNotProposed(asset);
        uint256 newPrice = _price(asset, proposal.feed, type(uint256).max, type(uint256).max);
        if (!_requireNoJump(asset, proposal.feed, newPrice)) activeFrom += feedDelay;
        if (block.timestamp < activeFrom) revert FeedNotReady(asset, activeFrom);
        uint256 expiresAt = activeFrom + PROPOSAL_LIFETIME;
        if (block.timestamp > expiresAt) revert FeedProposalExpired(asset, expiresAt);
        delete _proposals[asset];
        _activate(asset, proposal.feed);
    }

    /// @inheritdoc IOracleHub
    function cancelFeed(address asset) external onlyGovernor {
        if (_proposals[asset].activeFrom == 0) revert FeedNotProposed(asset);
        delete _proposals[asset];
        emit FeedProposalCancelled(asset);
    }

    /// @inheritdoc IOracleHub
    function retireFeed(address asset) external onlyGovernor {
        if (address(_feeds[asset].primary) == address(0)) revert FeedUnknown(asset);
        delete _feeds[asset];
        emit FeedRetired(asset);
    }

    /* VIEWS */

    /// @inheritdoc IOracleHub
    function feedOf(address asset) external view returns (Feed memory) {
        return _feeds[asset];
    }

    /// @inheritdoc IOracleHub
    function proposedFeedOf(address asset)
        external
        view
        returns (Feed memory feed, uint256 activeFrom)
    {
        Proposal memory proposal = _proposals[asset];
        return (proposal.feed, proposal.activeFrom);
    }

    /* INSIDE */

    function _activate(address asset, Feed memory feed) private {
        _feeds[asset] = feed;
        emit FeedActivated(asset, feed);
    }

    function _active(address asset) private view returns (Feed memory feed) {
        feed = _feeds[asset];
        if (address(feed.primary) == address(0)) revert FeedUnknown(asset);
    }

    /// @return compared false where the old feed has no price; then the new one must have a second source
    function _requireNoJump(address asset, Feed memory feed, uint256 newPrice)
        private
        view
        returns (bool compared)
    {
        try this.price(asset) returns (uint256 oldPrice) {
            if (_differ(oldPrice, newPrice, oldPrice, maxJumpBps)) {
                revert FeedJump(asset, oldPrice, newPrice, maxJumpBps);
            }
            return true;
        } catch {
            if (address(feed.secondary) == address(0)) revert SecondSourceMissing(asset);
            return false;
        }
    }

    function _price(address asset, Feed memory feed, uint256 maxStaleness, uint256 maxDeviationBps)
        private
        view
        returns (uint256 result)
    {
        result = _read(asset, feed.primary, Math.min(maxStaleness, feed.maxStaleness));
        if (result < feed.minPrice || result > feed.maxPrice) {
            revert PriceOutOfBand(asset, result, feed.minPrice, feed.maxPrice);
        }
        if (address(feed.secondary) == address(0)) return result;
        uint256 second =
            _read(asset, feed.secondary, Math.min(maxStaleness, feed.secondaryMaxStaleness));
        uint256 limit = Math.min(maxDeviationBps, feed.maxDeviationBps);
        if (_differ(result, second, Math.min(result, second), limit)) {
            revert SourcesDeviate(asset, result, second, limit);
        }
    }

    function _read(address asset, IAggregatorV3 feed, uint256 maxStaleness)
        private
        view
        returns (uint256)
    {
        // Round numbers are out of use; the age is what counts.
        // slither-disable-next-line unused-return
        (, int256 answer,, uint256 updatedAt,) = feed.latestRoundData();
        if (answer <= 0) revert PriceNotPositive(asset, answer);
        if (updatedAt > block.timestamp) revert PriceFromFuture(asset, updatedAt, block.timestamp);
        if (block.timestamp - updatedAt > maxStaleness) {
            revert PriceStale(asset, updatedAt, block.timestamp - maxStaleness);
        }
        uint256 decimals = feed.decimals();
        return decimals <= _PRICE_DECIMALS
            ? uint256(answer) * 10 ** (_PRICE_DECIMALS - decimals)
            : uint256(answer) / 10 ** (decimals - _PRICE_DECIMALS);
    }

    /// @dev Everything about a feed that is wrong whatever its price.
    function _requireSound(address asset, Feed calldata feed) private view {
        _requireSource(asset, feed.primary, feed.maxStaleness);
        if (address(feed.secondary) != address(0)) {
            if (feed.secondary == feed.primary) {
                revert SourcesNotIndependent(asset, address(feed.primary));
            }
            _requireSource(asset, feed.secondary, feed.secondaryMaxStaleness);
            if (feed.maxDeviationBps == 0 || feed.maxDeviationBps > LARGEST_DEVIATION_BPS) {
                revert DeviationOutOfRange(asset, feed.maxDeviationBps, LARGEST_DEVIATION_BPS);
            }
        }
        if (
            feed.minPrice == 0 || feed.maxPrice < feed.minPrice
                || feed.maxPrice > WIDEST_BAND * feed.minPrice
        ) revert BandInvalid(asset, feed.minPrice, feed.maxPrice, WIDEST_BAND);
    }

    function _requireSource(address asset, IAggregatorV3 source, uint256 staleness) private view {
        if (address(source).code.length == 0) revert FeedNotContract(asset, address(source));
        if (staleness < LEAST_STALENESS || staleness > LARGEST_STALENESS) {
            revert StalenessOutOfRange(asset, staleness, LEAST_STALENESS, LARGEST_STALENESS);
        }
        // Asked here for its own sake: at a price the same failure would have no name. The answers are judged there.
        bool readable = _answers(source, IAggregatorV3.latestRoundData.selector, _ROUND_SIZE)
            && _answers(source, IAggregatorV3.decimals.selector, _WORD_SIZE);
        if (!readable) revert FeedUnreadable(asset, address(source));
    }

    /// @return Whether a view of the source succeeds, with so many bytes at least.
    function _answers(IAggregatorV3 source, bytes4 view_, uint256 size)
        private
        view
        returns (bool)
    {
        bytes memory question = abi.encodePacked(view_);
        // The compiler's own check of a called function's answer reverts without a name.
        // slither-disable-next-line low-level-calls
        (bool success, bytes memory answer) = address(source).staticcall(question);
        return success && answer.length >= size;
    }

    function _differ(uint256 a, uint256 b, uint256 base, uint256 limitBps)
        private
        pure
        returns (bool)
    {
        uint256 difference = a > b ? a - b : b - a;
        return difference * _BPS > limitBps * base;
    }
}
