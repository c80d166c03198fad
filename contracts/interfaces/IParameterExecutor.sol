// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "./IStrategyRegistry.sol";

/// @title Brings a committed version to every vault
/// @notice Anyone may call it. One vault that reverts, loops, lies or returns megabytes never holds up another.
/// @dev A push is one call of the executor to itself with `PUSH_GAS`: the vault takes the words over, then answers with
/// exactly the version and the words that it was given. If it does not, what it did is undone and the next vault is
/// tried. Of what a vault returns, no more is copied than was expected, and four bytes of a failure.
interface IParameterExecutor {
    /// @notice What the executor knows of a vault. All zero where the vault is not enlisted.
    /// @dev `failures` counts pushes that failed in a row; each had the full gas.
    struct Record {
        bytes32 strategyId;
        uint32 appliedVersion;
        uint8 module;
        uint8 failures;
        bool quarantined;
    }

    event VaultEnlisted(bytes32 indexed strategyId, address indexed vault);
    event VaultDelisted(bytes32 indexed strategyId, address indexed vault);
    event Applied(bytes32 indexed strategyId, address indexed vault, uint256 version);
    /// @param reason the first four bytes that the failed call returned, or zero
    event ApplyFailed(
        bytes32 indexed strategyId, address indexed vault, uint256 version, bytes4 reason
    );
    event Quarantined(bytes32 indexed strategyId, address indexed vault, uint256 failures);

    error NotEnlisted(address vault);
    error AlreadyEnlisted(address vault);
    /// @notice The address has no code, does not answer as a vault does, or answers for another strategy, for a module
    /// without words, or with a version or words that the registry does not have.
    error NotAVault(address vault);
    error TooManyVaults(uint256 limit);
    error TooLittleGas(uint256 given, uint256 needed);
    error PostConditionFailed(address vault, uint256 version);
    error OnlySelf();

    /// @notice Pushes the registry's current version to every enlisted vault of the strategy that is behind and not in
    /// quarantine. Never reverts because of a vault; reverts with `TooLittleGas` where the next push could not have
    /// its full gas (name fewer vaults, then, with `applyTo`).
    /// @dev It does not stop there and keep what it has: a node that looks for the least gas with which the call
    /// succeeds would then find enough for one vault.
    /// @return applied how many vaults are newly at the current version
    function applyAll(bytes32 strategyId) external returns (uint256 applied);

    /// @notice The same for the named vaults, also those in quarantine, which a success ends.
    function applyTo(bytes32 strategyId, address[] calldata vaults)
        external
        returns (uint256 applied);

    /// @notice A curator adds a vault to a strategy.
    function enlist(bytes32 strategyId, address vault) external;

    /// @notice A curator removes a vault.
    function delist(address vault) external;

    /// @notice One push. For the executor itself: a frame that is undone as a whole.
    /// @param applyCall the call of the vault's `applyParams`
    /// @param wordsSize size in bytes of what the vault must answer to `appliedWords` then
    /// @param wordsHash keccak256 of it
    function push(
        address vault,
        uint256 version,
        bytes calldata applyCall,
        uint256 wordsSize,
        bytes32 wordsHash
    ) external;

    function registry() external view returns (IStrategyRegistry);
    function vaultsOf(bytes32 strategyId) external view returns (address[] memory);
    function recordOf(address vault) external view returns (Record memory);
}
