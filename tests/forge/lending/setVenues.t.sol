// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILendingVenue} from "../../../contracts/interfaces/ILendingVenue.sol";
import {ILendingVenues} from "../../../contracts/interfaces/ILendingVenues.sol";
import {LendingDouble} from "../doubles/LendingDouble.sol";
import {LendingTest} from "./LendingTest.sol";

/// @notice Governance says where a strategy borrows.
contract SetVenuesTest is LendingTest {
    /// @notice The list is kept with its asset, and told.
    function test_set() public {
        vm.expectEmit(address(thresholds));
        emit ILendingVenues.VenuesSet(CORE, WBTC, token, _both());
        _set(_both());
        (address asset, ILendingVenue[] memory venues) = thresholds.venuesOf(CORE, WBTC);
        assertEq(asset, token);
        assertEq(venues.length, 2);
        assertEq(address(venues[0]), address(first));
        assertEq(address(venues[1]), address(second));
    }

    /// @notice A second list takes the first one's place, also a shorter one.
    function test_replaces() public {
        _set(_both());
        _set(_one());
        (, ILendingVenue[] memory venues) = thresholds.venuesOf(CORE, WBTC);
        assertEq(venues.length, 1);
        _set(_none());
        assertEq(thresholds.thresholdOf(CORE, WBTC), 10_000);
    }

    /// @notice Strategies and collaterals have lists of their own.
    function test_apart() public {
        _set(_one());
        assertEq(thresholds.thresholdOf(CORE, WBTC), 8000);
        assertEq(thresholds.thresholdOf(CORE, WBTC + 1), 10_000);
        assertEq(thresholds.thresholdOf("other", WBTC), 10_000);
    }

    /// @notice Nobody but the governor.
    function test_notGovernor(address caller) public {
        vm.assume(caller != governor);
        vm.expectRevert(abi.encodeWithSelector(ILendingVenues.NotGovernor.selector, caller));
        vm.prank(caller);
        thresholds.setVenues(CORE, WBTC, token, _one());
    }

    /// @notice The catalogue has lanes for three collaterals.
    function test_collateralUnknown() public {
        vm.prank(governor);
        thresholds.setVenues(CORE, 2, token, _one());
        vm.expectRevert(abi.encodeWithSelector(ILendingVenues.CollateralUnknown.selector, 3, 3));
        vm.prank(governor);
        thresholds.setVenues(CORE, 3, token, _one());
    }

    /// @notice Two venues, no more: each costs a question in every change of the module.
    function test_tooManyVenues() public {
        vm.expectRevert(abi.encodeWithSelector(ILendingVenues.TooManyVenues.selector, 3, 2));
        _set(new ILendingVenue[](3));
    }

    /// @notice A venue that cannot be read now is not listed: no code, or any other fault.
    function test_venueUnreadable() public {
        ILendingVenue[] memory venues = _both();
        second.feel(LendingDouble.Mood.Reverts);
        vm.expectRevert(
            abi.encodeWithSelector(ILendingVenues.VenueUnreadable.selector, second, token)
        );
        _set(venues);
        venues[1] = ILendingVenue(makeAddr("nobody"));
        vm.expectRevert(
            abi.encodeWithSelector(ILendingVenues.VenueUnreadable.selector, venues[1], token)
        );
        _set(venues);
    }
}
