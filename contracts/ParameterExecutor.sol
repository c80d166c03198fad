// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IManagedVault} from "./interfaces/IManagedVault.sol";
import {IParameterExecutor} from "./interfaces/IParameterExecutor.sol";
import {IStrategyRegistry} from "./interfaces/IStrategyRegistry.sol";
import {BoundedCall} from "./libraries/BoundedCall.sol";

/// @title ParameterExecutor
/// @notice Brings a committed version from the registry to every vault of a strategy.
/// @dev TRUST. Vaults are enlisted by a curator and hostile all the same. Callers are anyone: they choose when, never
/// what. A vault's entry is one slot, so that a push reads and writes it once.
contract ParameterExecutor is IParameterExecutor, AccessControl, ReentrancyGuardTransient {
    using BoundedCall for address;

    struct Entry {
        address vault;
        uint32 appliedVersion;
        uint8 module;
        uint8 failures;
        bool quarantined;
    }

    /// @dev What one call knows of the registry: the version, and the words of the module it last asked for.
    struct Batch {
        bytes32 strategyId;
        uint256 version;
        uint256 module;
        /// @dev Arguments of the push, for whichever vault.
        bytes pushCall;
    }

    /* CONSTANTS */

    bytes32 public constant CURATOR_ROLE = keccak256("CURATOR_ROLE");
    /// @notice The most vaults of a strategy, so that `applyAll` fits into a block even if all of them burn their gas.
    uint256 public constant MAX_VAULTS = 64;
    /// @notice Failures in a row after which `applyAll` passes a vault over.
    uint256 public constant MAX_FAILURES = 3;
    /// @notice Gas of one push.
    uint256 public constant PUSH_GAS = 400_000;
    /// @dev A call passes on at most 63/64 of what is left; the rest records the outcome.
    uint256 private constant NEEDED_GAS = PUSH_GAS * 64 / 63 + 20_000;
    uint256 private constant NO_MODULE = type(uint256).max;

    /* STORAGE */

    /// @inheritdoc IParameterExecutor
    IStrategyRegistry public immutable registry;

    mapping(bytes32 strategyId => Entry[]) private _entries;
    /// @dev Where a vault is in the entries of its strategy, from 1.
    mapping(address vault => uint256) private _places;
    mapping(address vault => bytes32) private _strategyOf;

    /// @param admin The timelock. It is a curator and names others.
    constructor(IStrategyRegistry registry_, address admin) {
        registry = registry_;
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(CURATOR_ROLE, admin);
    }

    /* APPLYING */

    /// @inheritdoc IParameterExecutor
    function applyAll(bytes32 strategyId) external nonReentrant returns (uint256 applied) {
        Entry[] storage entries = _entries[strategyId];
        Batch memory batch = _newBatch(strategyId);
        uint256 count = entries.length;
        for (uint256 i; i < count; ++i) {
            Entry memory entry = entries[i];
            if (entry.quarantined) continue;
            if (_bring(batch, entries[i], entry)) ++applied;
        }
    }

    /// @inheritdoc IParameterExecutor
    function applyTo(bytes32 strategyId, address[] calldata vaults)
        external
        nonReentrant
        returns (uint256 applied)
    {
        Entry[] storage entries = _entries[strategyId];
        Batch memory batch = _newBatch(strategyId);
        for (uint256 i; i < vaults.length; ++i) {
            uint256 place = _places[vaults[i]];
            if (place == 0 || place > entries.length) revert NotEnlisted(vaults[i]);
            Entry memory entry = entries[place - 1];
            // The place may be one in another strategy.
            if (entry.vault != vaults[i]) revert NotEnlisted(vaults[i]);
            if (_bring(batch, entries[place - 1], entry)) ++applied;
        }
    }

    /// @inheritdoc IParameterExecutor
    function push(address vault, uint32 version, uint256[] calldata words) external {
        if (msg.sender != address(this)) revert OnlySelf();
        vault.callOrRevert(abi.encodeCall(IManagedVault.applyParams, (version, words)));
        if (!_holds(vault, version, words)) revert PostConditionFailed(vault, version);
    }

    /* VAULTS */

    /// @inheritdoc IParameterExecutor
    function enlist(bytes32 strategyId, address vault)
        external
        nonReentrant
        onlyRole(CURATOR_ROLE)
    {
        Entry[] storage entries = _entries[strategyId];
        if (_places[vault] != 0) revert AlreadyEnlisted(vault);
        if (entries.length == MAX_VAULTS) revert TooManyVaults(MAX_VAULTS);
        (uint256 module, uint256 appliedVersion) = _checkVault(strategyId, vault);

        entries.push(Entry(vault, uint32(appliedVersion), uint8(module), 0, false));
        _places[vault] = entries.length;
        _strategyOf[vault] = strategyId;
        emit VaultEnlisted(strategyId, vault);
    }

    /// @inheritdoc IParameterExecutor
    function delist(address vault) external nonReentrant onlyRole(CURATOR_ROLE) {
        uint256 place = _places[vault];
        if (place == 0) revert NotEnlisted(vault);
        bytes32 strategyId = _strategyOf[vault];
        Entry[] storage entries = _entries[strategyId];
        Entry memory last = entries[entries.length - 1];
        entries[place - 1] = last;
        _places[last.vault] = place;
        entries.pop();
        delete _places[vault];
        delete _strategyOf[vault];
        emit VaultDelisted(strategyId, vault);
    }

    /* VIEWS */

    /// @inheritdoc IParameterExecutor
    function vaultsOf(bytes32 strategyId) external view returns (address[] memory vaults) {
        Entry[] storage entries = _entries[strategyId];
        vaults = new address[](entries.length);
        for (uint256 i; i < vaults.length; ++i) {
            vaults[i] = entries[i].vault;
        }
    }

    /// @inheritdoc IParameterExecutor
    function recordOf(address vault) external view returns (Record memory record) {
        uint256 place = _places[vault];
        if (place == 0) return record;
        record.strategyId = _strategyOf[vault];
        Entry memory entry = _entries[record.strategyId][place - 1];
        record.appliedVersion = entry.appliedVersion;
        record.module = entry.module;
        record.failures = entry.failures;
        record.quarantined = entry.quarantined;
    }

    /* INTERNAL */

    /// @dev Brings one vault to the batch's version, if it is behind, and records the outcome in `slot`, of which
    /// `entry` is a copy. Returns whether it is newly there.
    function _bring(Batch memory batch, Entry storage slot, Entry memory entry)
        private
        returns (bool ok)
    {
        if (entry.module != batch.module) _open(batch, entry.module);
        if (entry.appliedVersion >= batch.version) return false;
        if (gasleft() < NEEDED_GAS) revert TooLittleGas(gasleft(), NEEDED_GAS);

        bytes4 reason;
        (ok, reason) = _tryPush(entry.vault, batch.pushCall);
        if (ok) {
            entry.appliedVersion = uint32(batch.version);
            (entry.failures, entry.quarantined) = (0, false);
            emit Applied(batch.strategyId, entry.vault, batch.version);
        } else {
            if (entry.failures != type(uint8).max) ++entry.failures;
            emit ApplyFailed(batch.strategyId, entry.vault, batch.version, reason);
            if (entry.failures >= MAX_FAILURES && !entry.quarantined) {
                entry.quarantined = true;
                emit Quarantined(batch.strategyId, entry.vault, entry.failures);
            }
        }
        (slot.appliedVersion, slot.failures, slot.quarantined) =
        (entry.appliedVersion, entry.failures, entry.quarantined);
    }

    function _newBatch(bytes32 strategyId) private pure returns (Batch memory batch) {
        batch.strategyId = strategyId;
        batch.module = NO_MODULE;
    }

    /// @dev Reads version and words of a module and makes the push of them.
    function _open(Batch memory batch, uint8 module) private view {
        (uint256 version, uint256[] memory words) = registry.snapshot(batch.strategyId, module);
        batch.version = version;
        batch.module = module;
        batch.pushCall = abi.encodeCall(this.push, (address(0), uint32(version), words));
    }

    function _tryPush(address vault, bytes memory pushCall)
        private
        returns (bool ok, bytes4 reason)
    {
        // The vault is the first argument: the words are encoded once for all vaults.
        assembly ("memory-safe") {
            mstore(add(pushCall, 0x24), vault)
        }
        return address(this).tryCall(PUSH_GAS, pushCall);
    }

    /// @return Whether the vault answers with this version and these words.
    function _holds(address vault, uint256 version, uint256[] memory words)
        private
        view
        returns (bool)
    {
        return vault.answers(IManagedVault.appliedVersion.selector, abi.encode(version))
            && vault.answers(IManagedVault.appliedWords.selector, abi.encode(words));
    }

    /// @dev Reverts unless the address answers as a vault of this strategy.
    function _checkVault(bytes32 strategyId, address vault)
        private
        view
        returns (uint256 module, uint256 appliedVersion)
    {
        bool ok = vault.answers(IManagedVault.strategyId.selector, abi.encode(strategyId));
        if (ok) (ok, module) = vault.ask(IManagedVault.module.selector);
        if (ok) (ok, appliedVersion) = vault.ask(IManagedVault.appliedVersion.selector);
        if (!ok || module > type(uint8).max) revert NotAVault(vault);

        (uint256 version, uint256[] memory words) = registry.snapshot(strategyId, uint8(module));
        if (words.length == 0 || appliedVersion > version) revert NotAVault(vault);
        if (appliedVersion == version && !_holds(vault, version, words)) revert NotAVault(vault);
    }
}
