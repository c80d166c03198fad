// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title What the executor asks of a vault
interface IManagedVault {
    error NotExecutor(address caller);
    error VersionNotNewer(uint256 given, uint256 current);

    event ParamsApplied(uint256 indexed version);

    /// @notice Takes over the packed words of the module that this vault obeys. Only the executor; only forward.
    function applyParams(uint32 version, uint256[] calldata words) external;

    /// @notice The version of the parameters that the vault obeys; zero before the first.
    function appliedVersion() external view returns (uint256);

    /// @notice The strategy whose parameters the vault obeys.
    function strategyId() external view returns (bytes32);

    /// @notice The number of the module that the vault obeys.
    function module() external view returns (uint8);

    /// @notice The words of that module as the vault has them, for reconciliation with the registry.
    function appliedWords() external view returns (uint256[] memory);
}
