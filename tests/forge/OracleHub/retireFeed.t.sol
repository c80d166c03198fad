// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IOracleHub} from "../../../contracts/interfaces/IOracleHub.sol";
import {TestFeed} from "../../../contracts/mocks/TestFeed.sol";
import {HubTest} from "./HubTest.sol";

contract RetireFeedTest is HubTest {
    /// @notice Only the governor retires.
    function test_strangerIsRefused() public {
        vm.expectRevert(abi.encodeWithSelector(IOracleHub.NotGovernor.selector, stranger));
        vm.prank(stranger);
        hub.retireFeed(asset);
    }

    /// @notice A retired feed gives no price from then on.
    function test_endsThePrice() public {
        vm.expectEmit(true, true, true, true);
        emit IOracleHub.FeedRetired(asset);
        hub.retireFeed(asset);
        vm.expectRevert(abi.encodeWithSelector(IOracleHub.FeedUnknown.selector, asset));
        hub.price(asset);
        vm.expectRevert(abi.encodeWithSelector(IOracleHub.FeedUnknown.selector, asset));
        hub.retireFeed(asset);
    }

    /// @notice Retiring is no way round the delay: the successor is no first feed.
    function test_successorStillWaits() public {
        hub.retireFeed(asset);
        IOracleHub.Feed memory feed = _single(100, 8);
        (feed.minPrice, feed.maxPrice) = (1e18, 1000e18);
        vm.expectRevert(abi.encodeWithSelector(IOracleHub.SecondSourceMissing.selector, asset));
        hub.proposeFeed(asset, feed);
        feed.secondary = new TestFeed("second", 8, 100e8);
        hub.proposeFeed(asset, feed);
        vm.expectRevert(abi.encodeWithSelector(IOracleHub.FeedUnknown.selector, asset));
        hub.price(asset);
    }
}
