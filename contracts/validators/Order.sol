// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IParamValidator} from "../interfaces/IParamValidator.sol";
import {LaneLib} from "../libraries/LaneLib.sol";

/// @title Order between two parameters, each given by its key and the word that holds it
library Order {
    using LaneLib for uint256;

    /// @dev Reverts unless the lower one is at most the upper one.
    function atMost(uint256 lowerKey, uint256 lowerWord, uint256 upperKey, uint256 upperWord)
        internal
        pure
    {
        uint256 lower = lowerWord.lane(lowerKey & 7);
        uint256 upper = upperWord.lane(upperKey & 7);
        if (lower > upper) _revert(lowerKey, lower, upperKey, upper);
    }

    /// @dev Reverts unless the lower one is below the upper one.
    function below(uint256 lowerKey, uint256 lowerWord, uint256 upperKey, uint256 upperWord)
        internal
        pure
    {
        uint256 lower = lowerWord.lane(lowerKey & 7);
        uint256 upper = upperWord.lane(upperKey & 7);
        if (lower >= upper) _revert(lowerKey, lower, upperKey, upper);
    }

    function _revert(uint256 lowerKey, uint256 lower, uint256 upperKey, uint256 upper)
        private
        pure
    {
        revert IParamValidator.OutOfOrder(uint16(lowerKey), lower, uint16(upperKey), upper);
    }
}
