// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {LaneLib} from "../../contracts/libraries/LaneLib.sol";
import {SpecLib} from "../../contracts/libraries/SpecLib.sol";
import {AnyState, OpenRegistry} from "./AnyState.sol";

/// @notice How the limits of a parameter change, from any state and by any caller.
/// @custom:proves narrowing only tightens, widening waits, what was given up stays
contract SpecsProof is AnyState {
    using LaneLib for uint256;
    using SpecLib for uint256;

    /* NARROWER */

    /// @notice `narrowSpec` leaves no field more room, keeps the value within bounds and touches nothing else.
    function check_narrow_plain(Given memory given, Given memory next, address by) public {
        _narrow(given, next, by, PLAIN);
    }

    /// @notice The same of a signed parameter.
    function check_narrow_signed(Given memory given, Given memory next, address by) public {
        _narrow(given, next, by, SIGNED);
    }

    /// @notice The same of an amount of 18 decimals.
    function check_narrow_amount(Given memory given, Given memory next, address by) public {
        _narrow(given, next, by, AMOUNT);
    }

    /// @notice Whatever 256 bits are given: the kind of a parameter and the registry's own bits stay.
    function check_narrow_keepsKind(Given memory given, uint256 spec) public {
        (uint16 key, OpenRegistry.Look memory before) = _given(given, PLAIN);
        vm.prank(GOVERNOR);
        registry.narrowSpec(id, key, spec);
        assert(registry.look(id, key).spec >> 192 == before.spec >> 192);
    }

    /* WIDER */

    /// @notice `proposeSpec` changes no limit; a valid spec of the same kind waits for seven days.
    function check_propose(Given memory given, uint256 spec, address by) public {
        (uint16 key, OpenRegistry.Look memory before) = _given(given, PLAIN);
        vm.assume(given.time < type(uint32).max - 21 days);
        vm.prank(by);
        registry.proposeSpec(id, key, spec);
        OpenRegistry.Look memory later = registry.look(id, key);
        assert(by == GOVERNOR);
        assert(later.proposed == spec | (uint256(given.time) + 7 days) << 224);
        assert(spec.isValid(key & 7));
        assert(spec >> 192 == uint32(before.spec >> 192));
        assert(later.spec == before.spec);
        _checkUntouched(before, later);
    }

    /// @notice `activateSpec` brings what was proposed, not before its time, not after its window, not while frozen.
    function check_activate_plain(
        Given memory given,
        Given memory next,
        uint32 activeFrom,
        address by
    ) public {
        _activate(given, next, activeFrom, by, PLAIN);
    }

    /// @notice The same of a signed parameter.
    function check_activate_signed(
        Given memory given,
        Given memory next,
        uint32 activeFrom,
        address by
    ) public {
        _activate(given, next, activeFrom, by, SIGNED);
    }

    /* NEVER AGAIN */

    /// @notice `abdicate` takes steps and jump away, and the value is the one that was stated.
    function check_abdicate(Given memory given, int256 value, address by) public {
        (uint16 key, OpenRegistry.Look memory before) = _given(given, PLAIN);
        vm.prank(by);
        registry.abdicate(id, key, value);
        OpenRegistry.Look memory later = registry.look(id, key);
        assert(by == GOVERNOR);
        assert(value == _value(before, key));
        assert(given.frozenUntil <= given.time && before.keyFrozenUntil <= given.time);
        uint256 stepsAndJump = uint256(type(uint96).max) << 64;
        assert(later.spec == (before.spec & ~stepsAndJump) | 1 << 206);
        assert(later.proposed == 0);
        _checkUntouched(before, later);
    }

    /* INSIDE */

    function _narrow(Given memory given, Given memory next, address by, uint8 kind) private {
        (uint16 key, OpenRegistry.Look memory before) = _given(given, kind);
        (next.group, next.risk) = (given.group, given.risk);
        vm.prank(by);
        registry.narrowSpec(id, key, _spec(next, kind, 0));
        OpenRegistry.Look memory later = registry.look(id, key);
        assert(by == GOVERNOR);
        assert(later.spec == _spec(next, kind, uint32(WORDS)));
        assert(later.proposed == 0);
        assert(next.up <= given.up && next.down <= given.down && next.jump <= given.jump);
        assert(next.cooldown >= given.cooldown);
        (int256 low, int256 high) = before.spec.bounds();
        (int256 newLow, int256 newHigh) = later.spec.bounds();
        assert(low <= newLow && newHigh <= high);
        _checkNewSpec(before, later, key);
    }

    function _activate(
        Given memory given,
        Given memory next,
        uint32 activeFrom,
        address by,
        uint8 kind
    ) private {
        (next.group, next.risk) = (given.group, given.risk);
        vm.assume(next.up <= next.jump && next.down <= next.jump);
        registry.seedProposal(id, LANE_KEY, _spec(next, kind, activeFrom));
        (uint16 key, OpenRegistry.Look memory before) = _given(given, kind);
        vm.prank(by);
        registry.activateSpec(id, key);
        OpenRegistry.Look memory later = registry.look(id, key);
        assert(activeFrom <= given.time && given.time <= uint256(activeFrom) + 14 days);
        assert(given.frozenUntil <= given.time && before.keyFrozenUntil <= given.time);
        assert(later.spec == _spec(next, kind, uint32(WORDS)));
        assert(later.proposed == 0);
        _checkNewSpec(before, later, key);
    }

    /// @dev It is a valid one, and the value lies within it.
    function _checkNewSpec(
        OpenRegistry.Look memory before,
        OpenRegistry.Look memory later,
        uint16 key
    ) private pure {
        assert(later.spec.withoutTop().isValid(key & 7));
        (int256 low, int256 high) = later.spec.bounds();
        int256 value = _value(later, key);
        assert(low <= value && value <= high);
        _checkUntouched(before, later);
    }
}
