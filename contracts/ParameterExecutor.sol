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

    /// @dev What one call knows of the registry: the version, and the module it last asked for.
    struct Batch {
        bytes32 strategyId;
        uint256 version;
        uint256 module;
        /// @dev The call of `push`, for whichever vault.
        bytes pushCall;
    }

    /* CONSTANTS */

    bytes32 public constant CURATOR_ROLE = keccak256("CURATOR_ROLE");
    /// @notice The most vaults of a strategy, so that `applyAll` fits into one transaction (2**24 gas, EIP-7825) even
    /// if all of them burn their gas.
    uint256 public constant MAX_VAULTS = 32;
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

    // It is filled through a pointer.
    // slither-disable-next-line uninitialized-state
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
            if (!entry.quarantined && _bring(batch, entry, entries, i)) ++applied;
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
            address vault = vaults[i];
            uint256 place = _places[vault];
            if (place == 0 || place > entries.length) revert NotEnlisted(vault);
            Entry memory entry = entries[place - 1];
            // The place may be one in another strategy.
            if (entry.vault != vault) revert NotEnlisted(vault);
            if (_bring(batch, entry, entries, place - 1)) ++applied;
        }
    }

    /// @inheritdoc IParameterExecutor
    function push(
        address vault,
        uint256 version,
        bytes calldata applyCall,
        uint256 wordsSize,
        bytes32 wordsHash
    ) external {
        if (msg.sender != address(this)) revert OnlySelf();
        vault.callOrRevert(applyCall);
        if (!_holds(vault, version, wordsSize, wordsHash)) {
            revert PostConditionFailed(vault, version);
        }
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

    /// @dev Brings the vault of `entry`, which is a copy of the one at `place`, to the batch's version, if it is behind,
    /// and records the outcome. Returns whether it is newly there.
    function _bring(Batch memory batch, Entry memory entry, Entry[] storage entries, uint256 place)
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
            _fail(batch, entry, reason);
        }
        entries[place] = entry;
    }

    function _fail(Batch memory batch, Entry memory entry, bytes4 reason) private {
        if (entry.failures != type(uint8).max) ++entry.failures;
        emit ApplyFailed(batch.strategyId, entry.vault, batch.version, reason);
        if (entry.failures >= MAX_FAILURES && !entry.quarantined) {
            entry.quarantined = true;
            emit Quarantined(batch.strategyId, entry.vault, entry.failures);
        }
    }

    function _newBatch(bytes32 strategyId) private pure returns (Batch memory batch) {
        batch.strategyId = strategyId;
        batch.module = NO_MODULE;
    }

    /// @dev Reads version and words of a module and makes the push of them.
    function _open(Batch memory batch, uint8 module) private view {
        (uint256 version, uint256[] memory words) = registry.snapshot(batch.strategyId, module);
        (batch.version, batch.module) = (version, module);
        bytes memory applyCall = abi.encodeCall(IManagedVault.applyParams, (uint32(version), words));
        (uint256 size, bytes32 hash) = _answerOf(words);
        batch.pushCall = abi.encodeCall(this.push, (address(0), version, applyCall, size, hash));
    }

    function _tryPush(address vault, bytes memory pushCall)
        private
        returns (bool ok, bytes4 reason)
    {
        // The vault is the first argument; all else is the same for every vault.
        assembly ("memory-safe") {
            mstore(add(pushCall, 0x24), vault)
        }
        return address(this).tryCall(PUSH_GAS, pushCall);
    }

    /// @return size What a vault that has these words answers, in bytes, and
    /// @return hash its hash.
    function _answerOf(uint256[] memory words) private pure returns (uint256 size, bytes32 hash) {
        bytes memory answer = abi.encode(words);
        return (answer.length, keccak256(answer));
    }

    /// @return Whether the vault answers with this version and these words.
    function _holds(address vault, uint256 version, uint256 wordsSize, bytes32 wordsHash)
        private
        view
        returns (bool)
    {
        (bool ok, uint256 applied) = vault.ask(IManagedVault.appliedVersion.selector);
        return ok && applied == version
            && vault.answers(IManagedVault.appliedWords.selector, wordsSize, wordsHash);
    }

    /// @dev Reverts unless the address answers as a vault of this strategy, with what the registry holds or held.
    function _checkVault(bytes32 strategyId, address vault)
        private
        view
        returns (uint256 module, uint256 appliedVersion)
    {
        uint256 strategy = _ask(vault, IManagedVault.strategyId.selector);
        module = _ask(vault, IManagedVault.module.selector);
        appliedVersion = _ask(vault, IManagedVault.appliedVersion.selector);
        if (bytes32(strategy) != strategyId || module > type(uint8).max) revert NotAVault(vault);

        (uint256 version, uint256[] memory words) = registry.snapshot(strategyId, uint8(module));
        if (words.length == 0 || appliedVersion > version) revert NotAVault(vault);
        if (appliedVersion != version) return (module, appliedVersion);
        (uint256 size, bytes32 hash) = _answerOf(words);
        if (!_holds(vault, version, size, hash)) revert NotAVault(vault);
    }

    function _ask(address vault, bytes4 selector) private view returns (uint256 answer) {
        bool ok;
        (ok, answer) = vault.ask(selector);
        if (!ok) revert NotAVault(vault);
    }
}
