// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice The one thing of the registry that a vault asks for.
contract VersionStub {
    mapping(bytes32 strategyId => uint256) public version;

    function set(bytes32 strategyId, uint256 version_) external {
        version[strategyId] = version_;
    }
}
