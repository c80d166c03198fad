// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title A budget that is used up at once and comes back slowly
/// @notice A full bucket of `capacity` leaks empty in `window` seconds, at a constant rate.
library LeakyBucket {
    /// @return What is still used `elapsed` seconds after `used` was.
    function level(uint256 used, uint256 elapsed, uint256 capacity, uint256 window)
        internal
        pure
        returns (uint256)
    {
        return Math.saturatingSub(used, capacity * elapsed / window);
    }
}
