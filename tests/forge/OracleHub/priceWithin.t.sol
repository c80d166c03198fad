// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IOracleHub} from "../../../contracts/interfaces/IOracleHub.sol";
import {HubTest} from "./HubTest.sol";

contract PriceWithinTest is HubTest {
    /// @notice A tighter limit on age holds for both sources.
    function test_tighterStalenessHolds() public {
        skip(10 minutes);
        assertEq(hub.priceWithin(asset, 10 minutes, 100), 3000e18);
        vm.expectPartialRevert(IOracleHub.PriceStale.selector);
        hub.priceWithin(asset, 10 minutes - 1, 100);
        primary.set(3000e8);
        vm.expectPartialRevert(IOracleHub.PriceStale.selector);
        hub.priceWithin(asset, 10 minutes - 1, 100);
    }

    /// @notice A wider limit than the feed's changes nothing.
    function test_widerLimitsDoNotCount() public {
        skip(1 hours + 1);
        vm.expectPartialRevert(IOracleHub.PriceStale.selector);
        hub.priceWithin(asset, 30 days, 10_000);
        _refresh();
        secondary.set(3100e18);
        vm.expectPartialRevert(IOracleHub.SourcesDeviate.selector);
        hub.priceWithin(asset, 30 days, 10_000);
    }

    /// @notice A tighter limit on the deviation holds.
    function test_tighterDeviationHolds() public {
        secondary.set(3015e18);
        assertEq(hub.priceWithin(asset, 1 hours, 50), 3000e18);
        vm.expectPartialRevert(IOracleHub.SourcesDeviate.selector);
        hub.priceWithin(asset, 1 hours, 49);
    }

    /// @notice An asset without a feed has no price here either.
    function test_unknownAssetIsRefused() public {
        vm.expectRevert(abi.encodeWithSelector(IOracleHub.FeedUnknown.selector, stranger));
        hub.priceWithin(stranger, 1 hours, 50);
    }
}
