// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILendingVenue} from "../../../contracts/interfaces/ILendingVenue.sol";
import {LendingVenues} from "../../../contracts/lending/LendingVenues.sol";
import {LendingDouble} from "../doubles/LendingDouble.sol";
import {Test} from "../Test.sol";

/// @notice A list of venues, and two venues with thresholds of 80 % and 75 %.
abstract contract LendingTest is Test {
    bytes32 internal constant CORE = "core";
    uint256 internal constant WBTC = 0;

    address internal governor = makeAddr("governor");
    address internal token = makeAddr("token");
    LendingVenues internal thresholds = new LendingVenues(governor);
    LendingDouble internal first = new LendingDouble();
    LendingDouble internal second = new LendingDouble();

    function setUp() public virtual {
        first.setThreshold(8000);
        second.setThreshold(7500);
    }

    function _set(ILendingVenue[] memory venues) internal {
        vm.prank(governor);
        thresholds.setVenues(CORE, WBTC, token, venues);
    }

    function _none() internal pure returns (ILendingVenue[] memory) {
        return new ILendingVenue[](0);
    }

    function _one() internal view returns (ILendingVenue[] memory venues) {
        venues = new ILendingVenue[](1);
        venues[0] = first;
    }

    function _both() internal view returns (ILendingVenue[] memory venues) {
        venues = new ILendingVenue[](2);
        (venues[0], venues[1]) = (first, second);
    }
}
