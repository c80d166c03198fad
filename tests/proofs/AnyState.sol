// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IParamValidator} from "../../contracts/interfaces/IParamValidator.sol";
import {IStrategyRegistry} from "../../contracts/interfaces/IStrategyRegistry.sol";
import {LaneLib} from "../../contracts/libraries/LaneLib.sol";
import {SpecLib} from "../../contracts/libraries/SpecLib.sol";
import {StrategyRegistry} from "../../contracts/StrategyRegistry.sol";
import {Test} from "../forge/Test.sol";
import {Svm} from "./Svm.sol";

/// @notice Agrees to everything: what a validator refuses cannot break a rule of the registry.
contract YesValidator is IParamValidator {
    function validate(bytes32, uint8, uint256[] calldata) external view {}
    function validateReduction(bytes32, uint8, uint256[] calldata) external view {}
}

/// @notice The registry, with its storage open to a proof. None of its code is changed.
contract OpenRegistry is StrategyRegistry {
    using LaneLib for uint256;

    /// @notice All that the registry keeps of one parameter, and of its strategy.
    struct Look {
        uint256 version;
        bytes32 stateHash;
        uint256 frozenUntil;
        uint256 keysFrozenUntil;
        uint256 spec;
        uint256 word;
        uint256 times;
        uint256 anchors;
        uint256 anchoredAt;
        uint256 keyFrozenUntil;
        uint256 proposed;
    }

    constructor(address governor_) StrategyRegistry(governor_) {}

    function seedHead(bytes32 id, Head calldata head_) external {
        _strategies[id].head = head_;
    }

    function seedSpec(bytes32 id, uint256 key, uint256 spec) external {
        _strategies[id].specs[key] = spec;
    }

    function seedProposal(bytes32 id, uint256 key, uint256 spec) external {
        _strategies[id].proposedSpecs[key] = spec;
    }

    function look(bytes32 id, uint256 key) external view returns (Look memory seen) {
        Strategy storage strategy = _strategies[id];
        seen.version = strategy.head.version;
        seen.stateHash = strategy.stateHash;
        seen.frozenUntil = strategy.head.frozenUntil;
        seen.keysFrozenUntil = strategy.head.keysFrozenUntil;
        seen.spec = strategy.specs[key];
        seen.word = strategy.values[key >> 3];
        seen.times = strategy.times[key >> 3];
        seen.anchors = strategy.anchors[key >> 3];
        seen.anchoredAt = strategy.anchoredAt[key >> 3];
        seen.keyFrozenUntil = strategy.freezes[key >> 3].lane(key & 7);
        seen.proposed = strategy.proposedSpecs[key];
    }
}

/// @notice A registry in any state that its own calls can leave, and what every proof assumes of that state.
/// @dev All storage is symbolic: roles, words, times, anchors, freezes, hashes. What is assumed beyond that is in
/// `_given`; the proofs show that each call keeps it, so that it holds after any number of calls.
abstract contract AnyState is Test {
    using LaneLib for uint256;
    using SpecLib for uint256;

    /// @dev A strategy and one parameter of it. Every field is symbolic.
    struct Given {
        uint32 low;
        uint32 high;
        uint32 up;
        uint32 down;
        uint32 jump;
        uint32 cooldown;
        uint8 group;
        uint8 risk;
        uint32 version;
        uint32 frozenUntil;
        uint32 keysFrozenUntil;
        uint32 time;
    }

    Svm internal constant svm = Svm(0xF3993A62377BCd56AE39D773740A5390411E8BC9);
    address internal constant GOVERNOR = address(0x60);

    /// @dev Kinds of parameters: bits 202 to 206 of a spec.
    uint8 internal constant PLAIN = 1 << 4;
    uint8 internal constant RELATIVE = PLAIN | 1 << 2;
    uint8 internal constant SIGNED = PLAIN | 1 << 3;
    uint8 internal constant AMOUNT = PLAIN | 1 << 5;
    uint8 internal constant ABDICATED = PLAIN | 1 << 6;
    uint8 internal constant DECIMALS = 18;

    /// @dev The parameter lies in the second of its module's two words; an amount in lane 0.
    uint256 internal constant MODULE = 4;
    uint256 internal constant WORDS = 2;
    uint16 internal constant LANE_KEY = uint16(MODULE << 8 | 1 << 3 | 5);
    uint16 internal constant AMOUNT_KEY = uint16(MODULE << 8 | 1 << 3);

    /// @dev Known bits spare the solver most of its time; where the strategy matters, it is symbolic.
    bytes32 internal id = "core";
    OpenRegistry internal registry;
    YesValidator internal validator;

    function setUp() public virtual {
        registry = new OpenRegistry(GOVERNOR);
        validator = new YesValidator();
        svm.enableSymbolicStorage(address(registry));
    }

    /// @dev Puts the parameter there, of one kind, and assumes of the state
    /// - that the strategy is listed, and its version is not the last that 32 bits can count;
    /// - that the spec is valid, as `SpecLib.isValid` says;
    /// - that no change lies in the future, and no anchor was set later than its parameter changed;
    /// - that the strategy knows the latest end of the freezes of its keys.
    function _given(Given memory given, uint8 kind)
        internal
        returns (uint16 key, OpenRegistry.Look memory seen)
    {
        key = kind & AMOUNT == AMOUNT ? AMOUNT_KEY : LANE_KEY;
        registry.seedSpec(id, key, _spec(given, kind, uint32(WORDS)));
        registry.seedHead(
            id,
            IStrategyRegistry.Head(
                given.version, given.frozenUntil, given.keysFrozenUntil, validator
            )
        );
        vm.warp(given.time);
        vm.assume(given.version != 0 && given.version < type(uint32).max);
        vm.assume(given.up <= given.jump && given.down <= given.jump);
        // Its group is empty or has its own lane.
        vm.assume((uint256(given.group) & 1 << (key & 7)) * 255 >= given.group);
        seen = registry.look(id, key);
        vm.assume(seen.times.lane(key & 7) <= given.time);
        vm.assume(seen.anchoredAt.lane(key & 7) <= seen.times.lane(key & 7));
        vm.assume(seen.keyFrozenUntil <= given.keysFrozenUntil);
    }

    /// @dev Packed byte by byte, so that the solver sees which bits are known.
    function _spec(Given memory given, uint8 kind, uint32 top) internal pure returns (uint256) {
        bool amount = kind & AMOUNT == AMOUNT;
        return uint256(
            bytes32(
                abi.encodePacked(
                    top,
                    uint8(0),
                    amount ? DECIMALS : 0,
                    kind | (given.risk & 3),
                    amount ? 0 : given.group,
                    given.cooldown,
                    given.jump,
                    given.down,
                    given.up,
                    given.high,
                    given.low
                )
            )
        );
    }

    function _value(OpenRegistry.Look memory seen, uint256 key) internal pure returns (int256) {
        return seen.spec.read(seen.word, key & 7);
    }

    /// @dev Where the steward's reach is measured from.
    function _anchor(OpenRegistry.Look memory seen, uint256 key) internal pure returns (int256) {
        bool anchored = seen.anchoredAt.lane(key & 7) == seen.times.lane(key & 7);
        return seen.spec.read(anchored ? seen.anchors : seen.word, key & 7);
    }

    /// @dev No version, no value, no time, no anchor.
    function _checkUntouched(OpenRegistry.Look memory before, OpenRegistry.Look memory later)
        internal
        pure
    {
        assert(later.version == before.version);
        assert(later.stateHash == before.stateHash);
        assert(later.word == before.word);
        assert(later.times == before.times);
        assert(later.anchors == before.anchors);
        assert(later.anchoredAt == before.anchoredAt);
    }
}
