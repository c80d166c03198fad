// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Brings a committed version to every vault
/// @notice Anyone may call it. One vault that reverts, loops, lies or returns megabytes never holds up another.
interface IParameterExecutor {
    /// @notice What the executor knows of a vault.
    struct Record {
        bytes32 strategyId;
        uint32 appliedVersion;
        uint8 failures;
        bool quarantined;
    }

    event VaultEnlisted(bytes32 indexed strategyId, address indexed vault);
    event VaultDelisted(bytes32 indexed strategyId, address indexed vault);
    event Applied(bytes32 indexed strategyId, address indexed vault, uint256 version);
    /// @param reason the first four bytes that the failed call returned, or zero
    event ApplyFailed(bytes32 indexed strategyId, address indexed vault, uint256 version, bytes4 reason);
    event Quarantined(bytes32 indexed strategyId, address indexed vault, uint256 failures);

    error NotEnlisted(address vault);
    error AlreadyEnlisted(address vault);
    error NotAVault(address vault);
    error TooManyVaults(uint256 limit);
    error TooLittleGas(uint256 given, uint256 needed);
    error PostConditionFailed(address vault, uint256 version);
    error OnlySelf();

    /// @notice Pushes the registry's current version to every enlisted vault of the strategy that is not quarantined
    /// and is behind. Never reverts because of a vault.
    /// @return applied how many vaults are newly at the current version
    function applyAll(bytes32 strategyId) external returns (uint256 applied);

    /// @notice The same for the named vaults, also those in quarantine.
    function applyTo(bytes32 strategyId, address[] calldata vaults) external returns (uint256 applied);

    /// @notice A curator adds a vault to a strategy.
    function enlist(bytes32 strategyId, address vault) external;

    /// @notice A curator removes a vault.
    function delist(address vault) external;

    function vaultsOf(bytes32 strategyId) external view returns (address[] memory);
    function recordOf(address vault) external view returns (Record memory);
}
