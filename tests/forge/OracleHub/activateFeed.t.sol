// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IOracleHub} from "../../../contracts/interfaces/IOracleHub.sol";
import {TestFeed} from "../../../contracts/mocks/TestFeed.sol";
import {HubTest} from "./HubTest.sol";

contract ActivateFeedTest is HubTest {
    TestFeed private _next;

    function setUp() public override {
        super.setUp();
        IOracleHub.Feed memory feed = _single(3010, 8);
        _next = TestFeed(address(feed.primary));
        hub.proposeFeed(asset, feed);
    }

    /// @notice After the delay anyone switches, once.
    function test_anyoneSwitchesAfterTheDelay() public {
        _wait(DELAY);
        (IOracleHub.Feed memory feed,) = hub.proposedFeedOf(asset);
        vm.expectEmit(true, true, true, true);
        emit IOracleHub.FeedActivated(asset, feed);
        vm.prank(stranger);
        hub.activateFeed(asset);
        assertEq(hub.price(asset), 3010e18);
        vm.expectRevert(abi.encodeWithSelector(IOracleHub.FeedNotProposed.selector, asset));
        hub.activateFeed(asset);
    }

    /// @notice One second before the delay is over nothing happens.
    function test_notBeforeTheDelay() public {
        uint256 activeFrom = block.timestamp + DELAY;
        _wait(DELAY - 1);
        vm.expectRevert(abi.encodeWithSelector(IOracleHub.FeedNotReady.selector, asset, activeFrom));
        hub.activateFeed(asset);
    }

    /// @notice What nobody proposed cannot be activated.
    function test_needsAProposal() public {
        vm.expectRevert(abi.encodeWithSelector(IOracleHub.FeedNotProposed.selector, stranger));
        hub.activateFeed(stranger);
    }

    /// @notice The new feed is compared with the old one again, at the price of the day.
    function test_jumpAtActivationIsRefused() public {
        _wait(DELAY);
        _next.set(3060e8);
        uint256 id = vm.snapshotState();
        hub.activateFeed(asset);
        vm.revertToState(id);
        _next.set(3060e8 + 1);
        vm.expectPartialRevert(IOracleHub.FeedJump.selector);
        hub.activateFeed(asset);
        _next.set(2940e8 - 1);
        vm.expectPartialRevert(IOracleHub.FeedJump.selector);
        hub.activateFeed(asset);
    }

    /// @notice A new feed that fails its own checks by then is refused.
    function test_staleNewFeedIsRefused() public {
        skip(DELAY);
        _refresh();
        vm.expectPartialRevert(IOracleHub.PriceStale.selector);
        hub.activateFeed(asset);
    }

    /// @notice A forgotten proposal ends: nobody activates it a year later.
    function test_expires() public {
        uint256 expiresAt = block.timestamp + DELAY + 14 days;
        _wait(DELAY + 14 days);
        uint256 id = vm.snapshotState();
        hub.activateFeed(asset);
        vm.revertToState(id);
        skip(1);
        vm.expectRevert(
            abi.encodeWithSelector(IOracleHub.FeedProposalExpired.selector, asset, expiresAt)
        );
        hub.activateFeed(asset);
    }

    /// @notice Where the old feed is dead there is nothing to compare with: one source is not enough then.
    function test_deadFeedNeedsASecondSource() public {
        skip(DELAY);
        _next.set(3010e8);
        vm.expectRevert(abi.encodeWithSelector(IOracleHub.SecondSourceMissing.selector, asset));
        hub.activateFeed(asset);
    }

    /// @notice With a second source that agrees a dead feed is replaced, after twice the delay.
    function test_deadFeedIsReplacedAfterTwiceTheDelay() public {
        IOracleHub.Feed memory feed = _feed();
        (TestFeed one, TestFeed two) =
            (new TestFeed("one", 8, 3500e8), new TestFeed("two", 8, 3505e8));
        (feed.primary, feed.secondary) = (one, two);
        skip(1 days + 1);
        (one, two) = (_renew(one), _renew(two));
        hub.proposeFeed(asset, feed);
        uint256 activeFrom = block.timestamp + 2 * DELAY;
        skip(2 * DELAY - 1);
        (one, two) = (_renew(one), _renew(two));
        vm.expectRevert(abi.encodeWithSelector(IOracleHub.FeedNotReady.selector, asset, activeFrom));
        hub.activateFeed(asset);
        skip(1);
        hub.activateFeed(asset);
        assertEq(hub.price(asset), 3500e18);
    }

    /// @notice It costs a caller nothing to withhold gas, so that must not make a living feed look dead.
    function test_littleGasDoesNotKillTheOldFeed() public {
        IOracleHub.Feed memory feed = _feed();
        (TestFeed one, TestFeed two) =
            (new TestFeed("one", 8, 3010e8), new TestFeed("two", 8, 3010e8));
        (feed.primary, feed.secondary) = (one, two);
        hub.proposeFeed(asset, feed);
        _wait(2 * DELAY);
        (one, two) = (_renew(one), _renew(two));
        one.set(3300e8);
        two.set(3300e8);
        for (uint256 gas_ = 30_000; gas_ < 400_000; gas_ += 5000) {
            (bool success,) =
                address(hub).call{gas: gas_}(abi.encodeCall(hub.activateFeed, (asset)));
            assertFalse(success);
        }
    }

    function _wait(uint256 seconds_) private {
        skip(seconds_);
        _refresh();
        _next.set(3010e8);
    }

    function _renew(TestFeed feed) private returns (TestFeed) {
        (, int256 answer,,,) = feed.latestRoundData();
        feed.set(answer);
        return feed;
    }
}
