// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IParamValidator} from "../interfaces/IParamValidator.sol";
import {LaneLib} from "../libraries/LaneLib.sol";

/// @title Rules of the fees module
/// @notice performanceFee + 10 * managementFee <= 50 %: of a gross return of 10 % a year, depositors keep half.
library FeesRules {
    using LaneLib for uint256;

    uint256 private constant PERFORMANCE_FEE_LANE = 0;
    uint256 private constant MANAGEMENT_FEE_LANE = 1;
    uint256 private constant LIMIT = 500_000;

    function check(uint256[] calldata words) internal pure {
        uint256 fees = words[0];
        uint256 sum = fees.lane(PERFORMANCE_FEE_LANE) + 10 * fees.lane(MANAGEMENT_FEE_LANE);
        if (sum > LIMIT) revert IParamValidator.FeesTooHigh(sum, LIMIT);
    }
}
