// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILendingVenues} from "../../../contracts/interfaces/ILendingVenues.sol";
import {LendingDouble} from "../doubles/LendingDouble.sol";
import {LendingTest} from "./LendingTest.sol";

/// @notice The threshold is the lowest of the venues', read live.
contract ThresholdOfTest is LendingTest {
    /// @notice Without a venue the outside world sets no limit.
    function test_none() public view {
        assertEq(thresholds.thresholdOf(CORE, WBTC), 10_000);
    }

    /// @notice The lowest counts, whichever venue it is, and as it is now.
    function test_lowest(uint256 one, uint256 other) public {
        _set(_both());
        assertEq(thresholds.thresholdOf(CORE, WBTC), 7500);
        (one, other) = (bound(one, 0, 10_000), bound(other, 0, 10_000));
        first.setThreshold(one);
        second.setThreshold(other);
        assertEq(thresholds.thresholdOf(CORE, WBTC), one < other ? one : other);
    }

    /// @notice Whatever a venue does instead of answering, it is named, within the gas of its question.
    function test_venueUnreadable() public {
        _set(_both());
        uint256 last = uint256(type(LendingDouble.Mood).max);
        uint256 gas = 2 * thresholds.READ_GAS();
        for (uint256 mood = 1; mood <= last; ++mood) {
            second.feel(LendingDouble.Mood(mood));
            vm.expectRevert(
                abi.encodeWithSelector(ILendingVenues.VenueUnreadable.selector, second, token)
            );
            thresholds.thresholdOf{gas: gas}(CORE, WBTC);
        }
        second.feel(LendingDouble.Mood.Honest);
        assertEq(thresholds.thresholdOf(CORE, WBTC), 7500);
    }

    /// @notice A caller cannot starve a venue of gas to hide its threshold: the whole call fails.
    function test_tooLittleGasHidesNothing(uint256 gas) public {
        _set(_both());
        (bool ok, bytes memory answer) = address(thresholds)
        .staticcall{gas: bound(gas, 0, 100_000)}(
            abi.encodeCall(thresholds.thresholdOf, (CORE, WBTC))
        );
        if (ok) assertEq(abi.decode(answer, (uint256)), 7500);
    }
}
