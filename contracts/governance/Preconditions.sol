// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPreconditions} from "../interfaces/IPreconditions.sol";

/// @title Preconditions
/// @notice Stateless and nobody's: anyone may ask, and the answer depends on the chain alone.
/// @dev A contract of its own, since a registry with other code could not be trusted to ask about itself.
contract Preconditions is IPreconditions {
    /// @inheritdoc IPreconditions
    function requireCode(address[] calldata targets, bytes32[] calldata codeHashes) external view {
        if (targets.length != codeHashes.length) {
            revert LengthsDiffer(targets.length, codeHashes.length);
        }
        if (targets.length == 0) revert NoTargets();
        for (uint256 i; i < targets.length; ++i) {
            bytes32 actual = targets[i].codehash;
            if (actual != codeHashes[i]) revert CodeChanged(targets[i], codeHashes[i], actual);
        }
    }
}
