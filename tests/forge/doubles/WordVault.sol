// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IManagedVault} from "../../../contracts/interfaces/IManagedVault.sol";

/// @notice A vault that does nothing but keep its words, one slot each, as a well-behaved vault does.
contract WordVault is IManagedVault {
    bytes32 public immutable strategyId;
    uint8 public immutable module;
    address public immutable executor;

    uint256 public appliedVersion;
    uint256[] internal _words;

    constructor(bytes32 strategyId_, uint8 module_, address executor_) {
        (strategyId, module, executor) = (strategyId_, module_, executor_);
    }

    function applyParams(uint32 version, uint256[] calldata words) external virtual {
        if (msg.sender != executor) revert NotExecutor(msg.sender);
        if (version <= appliedVersion) revert VersionNotNewer(version, appliedVersion);
        appliedVersion = version;
        _words = words;
        emit ParamsApplied(version);
    }

    function appliedWords() external view virtual returns (uint256[] memory) {
        return _words;
    }
}
