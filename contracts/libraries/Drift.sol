// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Weights and their distances from their targets, in 1e18 of the whole
library Drift {
    uint256 private constant _WHOLE = 1e18;

    /// @return weights Each value's share in their sum; all zero where there is nothing.
    function weightsOf(uint256[] memory values, uint256 total)
        internal
        pure
        returns (uint256[] memory weights)
    {
        weights = new uint256[](values.length);
        if (total == 0) return weights;
        for (uint256 i = 0; i < values.length; ++i) {
            weights[i] = Math.mulDiv(values[i], _WHOLE, total);
        }
    }

    /// @return distances How far each weight is from its target, either way.
    function distances(uint256[] memory weights, uint256[] memory targets)
        internal
        pure
        returns (uint256[] memory)
    {
        uint256[] memory result = new uint256[](weights.length);
        for (uint256 i = 0; i < weights.length; ++i) {
            result[i] = weights[i] > targets[i] ? weights[i] - targets[i] : targets[i] - weights[i];
        }
        return result;
    }

    function sum(uint256[] memory items) internal pure returns (uint256 total) {
        for (uint256 i = 0; i < items.length; ++i) {
            total += items[i];
        }
    }

    function largest(uint256[] memory items) internal pure returns (uint256 result) {
        for (uint256 i = 0; i < items.length; ++i) {
            result = Math.max(result, items[i]);
        }
    }
}
