// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IParamValidator} from "./interfaces/IParamValidator.sol";
import {IStrategyRegistry} from "./interfaces/IStrategyRegistry.sol";
import {LaneLib} from "./libraries/LaneLib.sol";
import {SpecLib} from "./libraries/SpecLib.sol";

/// @title StrategyRegistry
/// @notice The heart: what the parameters of every strategy are, who may move them, how far and how fast.
/// @dev STORAGE. A version reads the spec of each key and the words of each module that it touches, and writes the
/// head, the state hash and, for each word that changes, its values and their times. Nothing else is on that path.
///
/// ONE PASS. The changes of a call ascend by key, so those of a word, and the words of a module, lie together: each
/// word is read, changed and written once, each module is validated and hashed once, on leaving it.
///
/// TRUST. The governor (a timelock) names the steward, the guardian and, at listing, the validator. It is bound by the
/// specs that it listed. The validator is called with STATICCALL: it can refuse a change and never make one.
contract StrategyRegistry is IStrategyRegistry, AccessControl {
    using LaneLib for uint256;
    using SpecLib for uint256;

    /// @dev Words are numbered by `key >> 3`. Times (32 bits, until 2106) and freezes have the lanes of their values.
    struct Strategy {
        Head head;
        bytes32 stateHash;
        uint256 moduleWords;
        uint256[65_536] specs;
        uint256[8192] values;
        uint256[8192] times;
        uint256[8192] freezes;
    }

    /// @dev What one call carries from change to change.
    struct Pass {
        /// @dev The open word: its values, their times, the lanes that the call states, those that it must, and the
        /// mask of those that it has changed.
        uint256 values;
        uint256 times;
        uint256 stated;
        uint256 coupled;
        uint256 changed;
        /// @dev The words of the open module, and the hash of the modules that have changed.
        uint256[] words;
        bytes32 wordsHash;
        bytes32 strategyId;
        IParamValidator validator;
        uint256 lane;
        bool someKeyFrozen;
    }

    /* CONSTANTS */

    bytes32 public constant STEWARD_ROLE = keccak256("STEWARD_ROLE");
    bytes32 public constant GUARDIAN_ROLE = keccak256("GUARDIAN_ROLE");
    /// @notice A captured guardian can stop a strategy for this long; by then governance has removed it.
    uint256 public constant MAX_FREEZE = 14 days;

    uint256 private constant GOVERNANCE = 0;
    uint256 private constant STEWARD = 1;
    uint256 private constant GUARDIAN = 2;
    uint256 private constant MAX_MODULES = 32;
    uint256 private constant MAX_WORDS = 32;

    /* STORAGE */

    /// @inheritdoc IStrategyRegistry
    address public immutable governor;

    mapping(bytes32 strategyId => Strategy) private _strategies;

    /// @param governor_ The timelock: it alone lists strategies, changes them in the governance lane and grants roles.
    constructor(address governor_) {
        governor = governor_;
        _grantRole(DEFAULT_ADMIN_ROLE, governor_);
    }

    /* LANES */

    /// @inheritdoc IStrategyRegistry
    function setParams(
        bytes32 strategyId,
        Change[] calldata changes,
        uint40 notBefore,
        uint40 notAfter,
        bytes32 reportHash
    ) external {
        _checkGovernor();
        (Strategy storage strategy, Head memory head_) = _listed(strategyId);
        if (block.timestamp < notBefore) revert TooEarly(notBefore, block.timestamp);
        _checkNotLate(notAfter);
        _checkReport(reportHash);
        _checkNotFrozen(strategyId, head_);
        _commit(strategyId, strategy, head_, changes, GOVERNANCE, reportHash);
    }

    /// @inheritdoc IStrategyRegistry
    function stewardSet(
        bytes32 strategyId,
        Change[] calldata changes,
        uint32 expectedVersion,
        uint40 notAfter,
        bytes32 reportHash
    ) external onlyRole(STEWARD_ROLE) {
        (Strategy storage strategy, Head memory head_) = _listed(strategyId);
        _checkNotLate(notAfter);
        if (expectedVersion != head_.version) revert VersionMoved(expectedVersion, head_.version);
        _checkReport(reportHash);
        _checkNotFrozen(strategyId, head_);
        _commit(strategyId, strategy, head_, changes, STEWARD, reportHash);
    }

    /// @inheritdoc IStrategyRegistry
    function guardianReduce(bytes32 strategyId, Change[] calldata changes)
        external
        onlyRole(GUARDIAN_ROLE)
    {
        (Strategy storage strategy, Head memory head_) = _listed(strategyId);
        _commit(strategyId, strategy, head_, changes, GUARDIAN, 0);
    }

    /// @inheritdoc IStrategyRegistry
    function freeze(bytes32 strategyId, uint40 until) external onlyRole(GUARDIAN_ROLE) {
        (Strategy storage strategy, Head memory head_) = _listed(strategyId);
        strategy.head.frozenUntil = _longer(head_.frozenUntil, until);
        emit StrategyFrozen(strategyId, until, msg.sender);
    }

    /// @inheritdoc IStrategyRegistry
    function freezeKey(bytes32 strategyId, uint16 key, uint40 until)
        external
        onlyRole(GUARDIAN_ROLE)
    {
        Strategy storage strategy = _strategies[strategyId];
        _specOf(strategy, key);
        uint256 word = strategy.freezes[key >> 3];
        uint32 end = _longer(word.lane(key & 7), until);
        strategy.freezes[key >> 3] = word.withLane(key & 7, end);
        if (end > strategy.head.keysFrozenUntil) strategy.head.keysFrozenUntil = end;
        emit KeyFrozen(strategyId, key, until, msg.sender);
    }

    /// @inheritdoc IStrategyRegistry
    function unfreeze(bytes32 strategyId) external {
        _checkGovernorOrGuardian();
        Head storage head_ = _strategies[strategyId].head;
        if (head_.frozenUntil <= block.timestamp) revert NotFrozen();
        head_.frozenUntil = 0;
        emit StrategyFrozen(strategyId, 0, msg.sender);
    }

    /// @inheritdoc IStrategyRegistry
    function unfreezeKey(bytes32 strategyId, uint16 key) external {
        _checkGovernorOrGuardian();
        Strategy storage strategy = _strategies[strategyId];
        uint256 word = strategy.freezes[key >> 3];
        if (word.lane(key & 7) <= block.timestamp) revert NotFrozen();
        strategy.freezes[key >> 3] = word.withLane(key & 7, 0);
        emit KeyFrozen(strategyId, key, 0, msg.sender);
    }

    /* LISTING */

    /// @inheritdoc IStrategyRegistry
    function listStrategy(
        bytes32 strategyId,
        IParamValidator validator,
        uint256[] calldata moduleWords,
        Listing[] calldata listings
    ) external {
        _checkGovernor();
        Strategy storage strategy = _strategies[strategyId];
        if (strategy.head.version != 0) revert StrategyAlreadyListed(strategyId);
        if (address(validator).code.length == 0) revert ValidatorMissing(address(validator));
        if (listings.length == 0) revert NoChanges();

        for (uint256 i; i < listings.length; ++i) {
            if (i != 0 && listings[i].key <= listings[i - 1].key) {
                revert KeysNotAscending(listings[i].key);
            }
            _list(strategyId, strategy, moduleWords, listings[i]);
        }
        for (uint256 i; i < listings.length; ++i) {
            _checkGroupListed(strategy, listings[i]);
        }
        strategy.stateHash = keccak256(abi.encode(block.chainid, address(this), strategyId));
        strategy.head.validator = validator;
        emit StrategyListed(strategyId, validator, moduleWords);
        bytes32 wordsHash = _openModules(strategyId, strategy, validator, moduleWords);
        bytes32 hash = _commitVersion(strategy, 1, 0, wordsHash);
        emit VersionCommitted(strategyId, 1, hash, 0, msg.sender, new Change[](0));
    }

    /* VIEWS */

    /// @inheritdoc IStrategyRegistry
    function head(bytes32 strategyId) external view returns (Head memory) {
        return _strategies[strategyId].head;
    }

    /// @inheritdoc IStrategyRegistry
    function version(bytes32 strategyId) external view returns (uint256) {
        return _strategies[strategyId].head.version;
    }

    /// @inheritdoc IStrategyRegistry
    function stateHash(bytes32 strategyId) external view returns (bytes32) {
        return _strategies[strategyId].stateHash;
    }

    /// @inheritdoc IStrategyRegistry
    function valueOf(bytes32 strategyId, uint16 key) external view returns (int256) {
        Strategy storage strategy = _strategies[strategyId];
        return _specOf(strategy, key).read(strategy.values[key >> 3], key & 7);
    }

    /// @inheritdoc IStrategyRegistry
    function wordOf(bytes32 strategyId, uint256 word) external view returns (uint256 value) {
        uint256[8192] storage values = _strategies[strategyId].values;
        assembly {
            value := sload(add(values.slot, and(word, 8191)))
        }
    }

    /// @inheritdoc IStrategyRegistry
    function wordsOf(bytes32 strategyId, uint8 module) external view returns (uint256[] memory) {
        Strategy storage strategy = _strategies[strategyId];
        return _load(strategy.values, module, _sizeOf(strategy, module));
    }

    /// @inheritdoc IStrategyRegistry
    function snapshot(bytes32 strategyId, uint8 module)
        external
        view
        returns (uint256 version_, uint256[] memory words)
    {
        Strategy storage strategy = _strategies[strategyId];
        version_ = strategy.head.version;
        words = _load(strategy.values, module, _sizeOf(strategy, module));
    }

    /// @inheritdoc IStrategyRegistry
    function specOf(bytes32 strategyId, uint16 key) external view returns (uint256) {
        return _strategies[strategyId].specs[key].withoutModuleWords();
    }

    /// @inheritdoc IStrategyRegistry
    function lastChangeOf(bytes32 strategyId, uint16 key) external view returns (uint256) {
        return _strategies[strategyId].times[key >> 3].lane(key & 7);
    }

    /// @inheritdoc IStrategyRegistry
    function changeTimesOf(bytes32 strategyId, uint8 module)
        external
        view
        returns (uint256[] memory)
    {
        Strategy storage strategy = _strategies[strategyId];
        return _load(strategy.times, module, _sizeOf(strategy, module));
    }

    /// @inheritdoc IStrategyRegistry
    function keyFrozenUntil(bytes32 strategyId, uint16 key) external view returns (uint256) {
        return _strategies[strategyId].freezes[key >> 3].lane(key & 7);
    }

    /* A VERSION */

    function _commit(
        bytes32 strategyId,
        Strategy storage strategy,
        Head memory head_,
        Change[] calldata changes,
        uint256 lane,
        bytes32 reportHash
    ) private {
        // Memory begins at zero.
        // slither-disable-next-line uninitialized-local
        Pass memory pass;
        pass.strategyId = strategyId;
        pass.lane = lane;
        pass.validator = head_.validator;
        pass.someKeyFrozen = lane != GUARDIAN && block.timestamp < head_.keysFrozenUntil;

        uint256 i;
        while (i < changes.length) {
            i = _changeModule(strategy, pass, changes, i);
        }
        // Zero as long as no module was folded in.
        // slither-disable-next-line incorrect-equality
        if (pass.wordsHash == 0) revert NoChanges();
        uint256 version_ = uint256(head_.version) + 1;
        bytes32 hash = _commitVersion(strategy, version_, reportHash, pass.wordsHash);
        emit VersionCommitted(strategyId, version_, hash, reportHash, msg.sender, changes);
    }

    /// @dev Takes the changes of one module, from place `i` on. Returns the place of the next module's first.
    function _changeModule(
        Strategy storage strategy,
        Pass memory pass,
        Change[] calldata changes,
        uint256 i
    ) private returns (uint256) {
        Change calldata change = _at(changes, i);
        uint256 key = change.key;
        uint256 module = key >> 8;
        pass.words = _load(strategy.values, module, _specOf(strategy, key).moduleWords());
        bool touched;
        do {
            uint256 word = key >> 3;
            pass.values = pass.words[word & 31];
            pass.times = strategy.times[word];
            (pass.stated, pass.coupled, pass.changed) = (0, 0, 0);
            while (true) {
                _change(strategy, pass, change, key);
                unchecked {
                    ++i;
                }
                if (i == changes.length) break;
                change = _at(changes, i);
                uint256 next = change.key;
                if (next <= key) revert KeysNotAscending(uint16(next));
                key = next;
                if (key >> 3 != word) break;
            }

            _checkGroup(word << 3, pass.coupled & ~pass.stated);
            if (pass.changed != 0) {
                touched = true;
                strategy.values[word] = pass.words[word & 31] = pass.values;
                strategy.times[word] = pass.times.fill(pass.changed, uint32(block.timestamp));
            }
        } while (i < changes.length && key >> 8 == module);

        if (touched) {
            pass.validator.validate(pass.strategyId, uint8(module), pass.words);
            pass.wordsHash = _addModule(pass.wordsHash, module, pass.words);
        }
        return i;
    }

    /// @dev `changes[i]` without the check that `i` is below the length.
    function _at(Change[] calldata changes, uint256 i)
        private
        pure
        returns (Change calldata change)
    {
        assembly ("memory-safe") {
            change := add(changes.offset, mul(96, i))
        }
    }

    /// @dev Checks one change and makes it in the open word.
    function _change(
        Strategy storage strategy,
        Pass memory pass,
        Change calldata change,
        uint256 key
    ) private view {
        uint256 spec = _specOf(strategy, key);
        (int256 from, int256 to) = (change.from, change.to);
        int256 current = spec.read(pass.values, key & 7);
        if (from != current) revert StaleValue(uint16(key), from, current);
        pass.stated |= 1 << (key & 7);
        if (to == from) return;

        if (pass.someKeyFrozen) _checkKeyNotFrozen(strategy, key);
        _checkBounds(key, spec, to);
        _checkMove(pass, spec, key, from, to);
        uint256 mask = LaneLib.mask(key & 7);
        pass.coupled |= spec.group();
        pass.changed |= mask;
        pass.values = spec.write(pass.values, mask, to);
    }

    /// @dev Moves the head and the chain of hashes on.
    function _commitVersion(
        Strategy storage strategy,
        uint256 version_,
        bytes32 reportHash,
        bytes32 wordsHash
    ) private returns (bytes32 hash) {
        hash = keccak256(abi.encode(strategy.stateHash, version_, reportHash, wordsHash));
        strategy.stateHash = hash;
        strategy.head.version = uint32(version_);
    }

    /// @dev Folds a module into the hash of the words.
    function _addModule(bytes32 wordsHash, uint256 module, uint256[] memory words)
        private
        pure
        returns (bytes32 folded)
    {
        // The number takes the place of the length while keccak256(abi.encodePacked(module, words)) is made.
        assembly ("memory-safe") {
            let size := mload(words)
            mstore(words, module)
            mstore(0, wordsHash)
            mstore(32, keccak256(words, mul(32, add(size, 1))))
            folded := keccak256(0, 64)
            mstore(words, size)
        }
    }

    /* A LISTING */

    function _list(
        bytes32 strategyId,
        Strategy storage strategy,
        uint256[] calldata moduleWords,
        Listing calldata listing
    ) private {
        (uint16 key, uint256 spec) = (listing.key, listing.spec);
        uint256 module = key >> 8;
        uint256 words = module < moduleWords.length ? moduleWords[module] : 0;
        if ((key >> 3) & 31 >= words) revert ParamUnknown(key);
        // An amount fills its word: nothing may be listed beside it.
        bool taken = strategy.specs[key & ~uint256(7)].isAmount();
        if (taken || !spec.isValid(key & 7)) revert SpecInvalid(key, spec);
        _checkBounds(key, spec, listing.value);

        strategy.specs[key] = spec.withModuleWords(words);
        (uint256 word, uint256 lane) = (key >> 3, key & 7);
        uint256 mask = LaneLib.mask(lane);
        strategy.values[word] = spec.write(strategy.values[word], mask, listing.value);
        strategy.times[word] = strategy.times[word].fill(mask, uint32(block.timestamp));
        emit ParamListed(strategyId, key, listing.name, spec, listing.value);
    }

    /// @dev A lane that was never listed could never be stated, and its group never change. Listed lanes have a time.
    function _checkGroupListed(Strategy storage strategy, Listing calldata listing) private view {
        uint256 times = strategy.times[listing.key >> 3];
        uint256 missing = listing.spec.group();
        for (uint256 lane; lane < 8; ++lane) {
            if (times.lane(lane) != 0) missing &= ~(1 << lane);
        }
        _checkGroup(listing.key & ~uint256(7), missing);
    }

    /// @dev Validates every module that has words. Returns what the first hash covers.
    function _openModules(
        bytes32 strategyId,
        Strategy storage strategy,
        IParamValidator validator,
        uint256[] calldata moduleWords
    ) private returns (bytes32 wordsHash) {
        if (moduleWords.length > MAX_MODULES) {
            revert TooManyModules(moduleWords.length, MAX_MODULES);
        }
        uint256 sizes = 0;
        for (uint256 module; module < moduleWords.length; ++module) {
            uint256 size = moduleWords[module];
            if (size > MAX_WORDS) revert TooManyWords(module, size, MAX_WORDS);
            if (size == 0) continue;
            sizes |= size << (8 * module);
            uint256[] memory words = _load(strategy.values, module, size);
            validator.validate(strategyId, uint8(module), words);
            wordsHash = _addModule(wordsHash, module, words);
        }
        strategy.moduleWords = sizes;
    }

    /* CHECKS */

    // A lane is a constant of the call, though it travels beside times.
    // slither-disable-start incorrect-equality

    /// @dev What binds a move in each lane, beyond the bounds. Both ends are within them.
    function _checkMove(Pass memory pass, uint256 spec, uint256 key, int256 from, int256 to)
        private
        view
    {
        bool up = to > from;
        uint256 distance;
        unchecked {
            distance = uint256(up ? to - from : from - to);
        }
        if (pass.lane == GUARDIAN) {
            if (!spec.reducesRisk(up)) revert AddsRisk(uint16(key), from, to);
            return;
        }
        uint256 changedAt = pass.times.lane(key & 7);
        if (pass.lane == GOVERNANCE) {
            uint256 jump = spec.jump(from);
            if (distance > jump) revert JumpTooLarge(uint16(key), distance, jump);
        } else {
            uint256 step = spec.step(up, from);
            if (distance > step) revert StepTooLarge(uint16(key), distance, step);
            uint256 until = changedAt + spec.cooldown();
            if (block.timestamp < until && !spec.reducesRisk(up)) {
                revert CoolingDown(uint16(key), until);
            }
        }
        // Else one proposal of several calls would jump several times at once.
        if (changedAt == block.timestamp) revert ChangedJustNow(uint16(key), changedAt);
    }

    // slither-disable-end incorrect-equality

    function _checkBounds(uint256 key, uint256 spec, int256 value) private pure {
        (int256 low, int256 high) = spec.bounds();
        if (value < low) revert BelowMinimum(uint16(key), value, low);
        if (value > high) revert AboveMaximum(uint16(key), value, high);
    }

    /// @param missing Lanes of the word that begins at key `first` and that are not there.
    function _checkGroup(uint256 first, uint256 missing) private pure {
        if (missing != 0) {
            unchecked {
                uint256 lowest = missing & (~missing + 1);
                revert GroupIncomplete(uint16(first | Math.log2(lowest)), missing);
            }
        }
    }

    function _checkNotFrozen(bytes32 strategyId, Head memory head_) private view {
        if (block.timestamp < head_.frozenUntil) revert Frozen(strategyId, head_.frozenUntil);
    }

    function _checkKeyNotFrozen(Strategy storage strategy, uint256 key) private view {
        uint256 until = strategy.freezes[key >> 3].lane(key & 7);
        if (block.timestamp < until) revert KeyIsFrozen(uint16(key), until);
    }

    function _checkNotLate(uint256 notAfter) private view {
        if (block.timestamp > notAfter) revert TooLate(notAfter, block.timestamp);
    }

    function _checkReport(bytes32 reportHash) private pure {
        if (reportHash == 0) revert ReportMissing();
    }

    function _checkGovernor() private view {
        if (msg.sender != governor) revert NotGovernor(msg.sender);
    }

    function _checkGovernorOrGuardian() private view {
        if (msg.sender != governor) _checkRole(GUARDIAN_ROLE);
    }

    /// @return The end of a freeze that is longer than the present one and not too long.
    function _longer(uint256 current, uint256 until) private view returns (uint32) {
        if (current < block.timestamp) current = block.timestamp;
        if (until <= current) revert FreezeNotLonger(until, current);
        uint256 latest = block.timestamp + MAX_FREEZE;
        if (until > latest) revert FreezeTooLong(until, latest);
        return uint32(until);
    }

    /* READS */

    function _listed(bytes32 strategyId)
        private
        view
        returns (Strategy storage strategy, Head memory head_)
    {
        strategy = _strategies[strategyId];
        head_ = strategy.head;
        if (head_.version == 0) revert StrategyUnknown(strategyId);
    }

    function _specOf(Strategy storage strategy, uint256 key) private view returns (uint256 spec) {
        spec = strategy.specs[key];
        if (spec == 0) revert ParamUnknown(uint16(key));
    }

    function _sizeOf(Strategy storage strategy, uint256 module) private view returns (uint256) {
        return module < MAX_MODULES ? uint8(strategy.moduleWords >> (8 * module)) : 0;
    }

    function _load(uint256[8192] storage words, uint256 module, uint256 size)
        private
        view
        returns (uint256[] memory loaded)
    {
        loaded = new uint256[](size);
        // Words of a module lie next to each other. Written out, since it is on the path of every change.
        assembly ("memory-safe") {
            let slot := add(words.slot, shl(5, module))
            for { let i := 0 } lt(i, size) { i := add(i, 1) } {
                mstore(add(loaded, shl(5, add(i, 1))), sload(add(slot, i)))
            }
        }
    }
}
