// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IStrategyRegistry} from "../interfaces/IStrategyRegistry.sol";
import {LaneLib} from "../libraries/LaneLib.sol";
import {SpecLib} from "../libraries/SpecLib.sol";

/// @title What every part of the registry stands on: storage, its reads, and the checks that several parts share
abstract contract RegistryBase is IStrategyRegistry, AccessControl {
    using LaneLib for uint256;
    using SpecLib for uint256;

    /// @dev Words are numbered by `key >> 3`. Times (32 bits, until 2106) and freezes have the lanes of their values.
    /// A parameter is anchored while its lanes in `anchoredAt` and `times` are equal, that is, since the steward or the
    /// guardian changed it and until governance does: then `anchors` has the value that they started from, else the
    /// value itself is the anchor. So governance, who pays for every slot, needs to touch neither.
    struct Strategy {
        Head head;
        bytes32 stateHash;
        uint256 moduleWords;
        uint256[65_536] specs;
        uint256[8192] values;
        uint256[8192] times;
        uint256[8192] freezes;
        uint256[8192] anchors;
        uint256[8192] anchoredAt;
        mapping(uint256 key => uint256) proposedSpecs;
    }

    /* CONSTANTS */

    bytes32 public constant STEWARD_ROLE = keccak256("STEWARD_ROLE");
    bytes32 public constant GUARDIAN_ROLE = keccak256("GUARDIAN_ROLE");

    uint256 internal constant MAX_MODULES = 32;
    uint256 internal constant MAX_WORDS = 32;

    /* STORAGE */

    /// @inheritdoc IStrategyRegistry
    address public immutable governor;

    mapping(bytes32 strategyId => Strategy) internal _strategies;

    constructor(address governor_) {
        governor = governor_;
        _grantRole(DEFAULT_ADMIN_ROLE, governor_);
    }

    /* CALLERS */

    function _checkGovernor() internal view {
        if (msg.sender != governor) revert NotGovernor(msg.sender);
    }

    /// @return Whether the caller is the governor.
    function _checkGovernorOrGuardian() internal view returns (bool) {
        if (msg.sender == governor) return true;
        _checkRole(GUARDIAN_ROLE);
        return false;
    }

    /* CHECKS */

    function _checkNotFrozen(bytes32 strategyId, Head memory head_) internal view {
        if (block.timestamp < head_.frozenUntil) revert Frozen(strategyId, head_.frozenUntil);
    }

    function _checkKeyNotFrozen(Strategy storage strategy, uint256 key) internal view {
        uint256 until = strategy.freezes[key >> 3].lane(key & 7);
        if (block.timestamp < until) revert KeyIsFrozen(uint16(key), until);
    }

    function _checkNotLate(uint256 notAfter) internal view {
        if (block.timestamp > notAfter) revert TooLate(notAfter, block.timestamp);
    }

    function _checkReport(bytes32 reportHash) internal pure {
        if (reportHash == 0) revert ReportMissing();
    }

    function _checkNotAbdicated(uint256 key, uint256 spec) internal pure {
        if (spec.isAbdicated()) revert Abdicated(uint16(key));
    }

    function _checkBounds(uint256 key, uint256 spec, int256 value) internal pure {
        (int256 low, int256 high) = spec.bounds();
        if (value < low) revert BelowMinimum(uint16(key), value, low);
        if (value > high) revert AboveMaximum(uint16(key), value, high);
    }

    /// @param missing Lanes of the word that begins at key `first` and that are not there.
    function _checkGroup(uint256 first, uint256 missing) internal pure {
        if (missing != 0) {
            unchecked {
                uint256 lowest = missing & (~missing + 1);
                revert GroupIncomplete(uint16(first | Math.log2(lowest)), missing);
            }
        }
    }

    /* READS */

    function _listed(bytes32 strategyId)
        internal
        view
        returns (Strategy storage strategy, Head memory head_)
    {
        strategy = _strategies[strategyId];
        head_ = strategy.head;
        if (head_.version == 0) revert StrategyUnknown(strategyId);
    }

    function _specOf(Strategy storage strategy, uint256 key) internal view returns (uint256 spec) {
        uint256[65_536] storage specs = strategy.specs;
        // Written out, since it is on the path of every change. Keys have 16 bits.
        assembly ("memory-safe") {
            spec := sload(add(specs.slot, and(key, 0xffff)))
        }
        if (spec == 0) revert ParamUnknown(uint16(key));
    }

    function _valueOf(Strategy storage strategy, uint256 key, uint256 spec)
        internal
        view
        returns (int256)
    {
        return spec.read(strategy.values[key >> 3], key & 7);
    }

    function _sizeOf(Strategy storage strategy, uint256 module) internal view returns (uint256) {
        return module < MAX_MODULES ? uint8(strategy.moduleWords >> (8 * module)) : 0;
    }

    function _load(uint256[8192] storage words, uint256 module, uint256 size)
        internal
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

    /// @dev The value from which the steward's reach is measured.
    function _anchorOf(
        Strategy storage strategy,
        uint256 spec,
        uint256 key,
        int256 current,
        uint256 changedAt
    ) internal view returns (int256) {
        if (strategy.anchoredAt[key >> 3].lane(key & 7) != changedAt) {
            return current;
        }
        return spec.read(strategy.anchors[key >> 3], key & 7);
    }
}
