// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAggregatorV3} from "../../../contracts/interfaces/IAggregatorV3.sol";
import {IOracleHub} from "../../../contracts/interfaces/IOracleHub.sol";
import {TestFeed} from "../../../contracts/mocks/TestFeed.sol";
import {HubTest} from "./HubTest.sol";

contract ProposeFeedTest is HubTest {
    address private _new = makeAddr("new asset");

    /// @notice Only the governor proposes.
    function test_strangerIsRefused() public {
        vm.expectRevert(abi.encodeWithSelector(IOracleHub.NotGovernor.selector, stranger));
        vm.prank(stranger);
        hub.proposeFeed(asset, _feed());
    }

    /// @notice The first feed of an asset is active at once.
    function test_firstIsActiveAtOnce() public {
        IOracleHub.Feed memory feed = _feed();
        vm.expectEmit(true, true, true, true);
        emit IOracleHub.FeedActivated(_new, feed);
        hub.proposeFeed(_new, feed);
        assertEq(hub.price(_new), 3000e18);
        assertEq(keccak256(abi.encode(hub.feedOf(_new))), keccak256(abi.encode(feed)));
    }

    /// @notice A later one waits; until then the old one counts.
    function test_laterWaits() public {
        IOracleHub.Feed memory feed = _single(3010, 8);
        vm.expectEmit(true, true, true, true);
        emit IOracleHub.FeedProposed(asset, feed, block.timestamp + DELAY);
        hub.proposeFeed(asset, feed);
        assertEq(hub.price(asset), 3000e18);
        (IOracleHub.Feed memory proposed, uint256 activeFrom) = hub.proposedFeedOf(asset);
        assertEq(keccak256(abi.encode(proposed)), keccak256(abi.encode(feed)));
        assertEq(activeFrom, block.timestamp + DELAY);
    }

    /// @notice A second proposal replaces the first and waits anew.
    function test_secondReplacesTheFirst() public {
        hub.proposeFeed(asset, _single(3010, 8));
        skip(DELAY / 2);
        _refresh();
        hub.proposeFeed(asset, _single(3020, 8));
        (IOracleHub.Feed memory proposed, uint256 activeFrom) = hub.proposedFeedOf(asset);
        (, int256 answer,,,) = proposed.primary.latestRoundData();
        assertEq(answer, 3020e8);
        assertEq(activeFrom, block.timestamp + DELAY);
    }

    /// @notice A feed far from the old one is refused while the vote for it can still be seen (Moonwell, 2026: 1.12 dollars
    /// for 2,200; Term, 2025: decimals).
    function test_jumpIsRefused() public {
        IOracleHub.Feed memory feed = _single(3061, 8);
        vm.expectRevert(
            abi.encodeWithSelector(
                IOracleHub.FeedJump.selector, asset, uint256(3000e18), uint256(3061e18), JUMP_BPS
            )
        );
        hub.proposeFeed(asset, feed);
    }

    /// @notice A first feed with an error of decimals is outside its band (PAXG, 2024: a factor of 1e12).
    function test_wrongDecimalsAtListingAreRefused() public {
        TestFeed(address(primary)).setDecimals(0);
        vm.expectPartialRevert(IOracleHub.PriceOutOfBand.selector);
        hub.proposeFeed(_new, _feed());
    }

    /// @notice A contract that does not answer as a feed is refused by name, as either source (Compound 117, 2022).
    function test_feedThatDoesNotAnswerIsRefused() public {
        IOracleHub.Feed memory feed = _feed();
        feed.primary = IAggregatorV3(address(this));
        _refusedAsUnreadable(feed);
        feed = _feed();
        feed.secondary = IAggregatorV3(address(this));
        _refusedAsUnreadable(feed);
    }

    /// @notice Nor is one that answers a round without saying its decimals, or only the answer of a round.
    function test_feedWithHalfOfTheAnswersIsRefused() public {
        IOracleHub.Feed memory feed = _feed();
        feed.primary = IAggregatorV3(address(this));
        bytes memory round = abi.encode(1, 3000e8, block.timestamp, block.timestamp, 1);
        vm.mockCall(address(this), abi.encodeCall(IAggregatorV3.latestRoundData, ()), round);
        _refusedAsUnreadable(feed);
        vm.mockCall(address(this), abi.encodeCall(IAggregatorV3.decimals, ()), abi.encode(8));
        hub.proposeFeed(_new, feed);
        round = abi.encode(3000e8);
        vm.mockCall(address(this), abi.encodeCall(IAggregatorV3.latestRoundData, ()), round);
        _refusedAsUnreadable(feed);
    }

    /// @notice An address without code is no feed.
    function test_noContractIsRefused() public {
        IOracleHub.Feed memory feed = _feed();
        feed.primary = IAggregatorV3(stranger);
        vm.expectRevert(abi.encodeWithSelector(IOracleHub.FeedNotContract.selector, _new, stranger));
        hub.proposeFeed(_new, feed);
        feed = _feed();
        feed.secondary = IAggregatorV3(stranger);
        vm.expectRevert(abi.encodeWithSelector(IOracleHub.FeedNotContract.selector, _new, stranger));
        hub.proposeFeed(_new, feed);
    }

    /// @notice The limits on age have limits themselves, for each source.
    function test_stalenessIsBounded() public {
        IOracleHub.Feed memory feed = _feed();
        feed.maxStaleness = 59;
        _refusedStaleness(feed, 59);
        feed.maxStaleness = 3 days + 1;
        _refusedStaleness(feed, 3 days + 1);
        feed = _feed();
        feed.secondaryMaxStaleness = 0;
        _refusedStaleness(feed, 0);
        (feed.maxStaleness, feed.secondaryMaxStaleness) = (60, 3 days);
        hub.proposeFeed(_new, feed);
    }

    /// @notice Two sources need a limit on their difference, and not any.
    function test_deviationIsBounded() public {
        IOracleHub.Feed memory feed = _feed();
        feed.maxDeviationBps = 2001;
        vm.expectRevert(
            abi.encodeWithSelector(
                IOracleHub.DeviationOutOfRange.selector, _new, uint256(2001), uint256(2000)
            )
        );
        hub.proposeFeed(_new, feed);
        feed.maxDeviationBps = 0;
        vm.expectPartialRevert(IOracleHub.DeviationOutOfRange.selector);
        hub.proposeFeed(_new, feed);
        feed.maxDeviationBps = 2000;
        hub.proposeFeed(_new, feed);
    }

    /// @notice The band must be one, and too narrow for an error of decimals.
    function test_bandIsBounded() public {
        IOracleHub.Feed memory feed = _feed();
        feed.minPrice = 0;
        _refusedBand(feed);
        (feed.minPrice, feed.maxPrice) = (3001e18, 3000e18);
        _refusedBand(feed);
        (feed.minPrice, feed.maxPrice) = (30e18, 30_000e18 + 1);
        _refusedBand(feed);
        feed.maxPrice = 30_000e18;
        hub.proposeFeed(_new, feed);
    }

    /// @notice A source that checks itself is no second source.
    function test_sameSourceTwiceIsRefused() public {
        IOracleHub.Feed memory feed = _feed();
        feed.secondary = feed.primary;
        vm.expectRevert(
            abi.encodeWithSelector(
                IOracleHub.SourcesNotIndependent.selector, _new, address(primary)
            )
        );
        hub.proposeFeed(_new, feed);
    }

    function _refusedAsUnreadable(IOracleHub.Feed memory feed) private {
        vm.expectRevert(
            abi.encodeWithSelector(IOracleHub.FeedUnreadable.selector, _new, address(this))
        );
        hub.proposeFeed(_new, feed);
    }

    function _refusedStaleness(IOracleHub.Feed memory feed, uint256 given) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IOracleHub.StalenessOutOfRange.selector,
                _new,
                given,
                uint256(1 minutes),
                uint256(3 days)
            )
        );
        hub.proposeFeed(_new, feed);
    }

    function _refusedBand(IOracleHub.Feed memory feed) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IOracleHub.BandInvalid.selector, _new, feed.minPrice, feed.maxPrice, uint256(1000)
            )
        );
        hub.proposeFeed(_new, feed);
    }
}
