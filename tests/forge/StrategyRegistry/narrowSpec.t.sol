// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {SpecsTest} from "./SpecsTest.sol";

/// @notice Governance narrows the limits of a parameter, at once.
contract NarrowSpecTest is SpecsTest {
    /* ACCESS */

    /// @notice Only the governor.
    function test_onlyTheGovernor(address caller) public {
        vm.assume(caller != governor);
        _expectNotGovernor(caller);
        vm.prank(caller);
        registry.narrowSpec(CORE, SLIPPAGE, 0);
    }

    /* NORMAL PATH */

    /// @notice The new limits bind from the same second on, and nothing else of the strategy changes.
    function test_narrowsAtOnce() public {
        Spec memory spec = _slippage();
        (spec.maximum, spec.jump) = (550, 100);
        bytes32 hash = registry.stateHash(CORE);
        vm.expectEmit(address(registry));
        emit IStrategyRegistry.SpecChanged(CORE, SLIPPAGE, _pack(spec));
        _narrow(SLIPPAGE, spec);
        assertEq(registry.specOf(CORE, SLIPPAGE), _pack(spec));
        assertEq(registry.stateHash(CORE), hash);
        assertEq(registry.version(CORE), 1);
        _expect(abi.encodeWithSelector(IStrategyRegistry.AboveMaximum.selector, SLIPPAGE, 551, 550));
        _set(_change(SLIPPAGE, 500, 551));
        _expect(abi.encodeWithSelector(IStrategyRegistry.JumpTooLarge.selector, SLIPPAGE, 101, 100));
        _set(_change(SLIPPAGE, 500, 399));
        // The module is still found whole, so its size is where it was.
        _set(_change(SLIPPAGE, 500, 550));
        assertEq(registry.stateHash(CORE), _stateHash(hash, 2, REPORT, _wordsHash(0)));
    }

    /// @notice Narrower in one field, whichever, is enough.
    function test_eachField(uint256 field, uint32 by) public {
        Spec memory spec = _slippage();
        spec.minimum = 10;
        vm.prank(governor);
        registry.narrowSpec(CORE, SLIPPAGE, _pack(spec));
        by = uint32(bound(uint256(by), 1, 25));
        field %= 6;
        if (field == 0) spec.minimum += int32(by);
        else if (field == 1) spec.maximum -= int32(by);
        else if (field == 2) spec.stepUp -= by;
        else if (field == 3) spec.stepDown -= by;
        else if (field == 4) spec.jump -= by;
        else spec.cooldown += by;
        _narrow(SLIPPAGE, spec);
        assertEq(registry.specOf(CORE, SLIPPAGE), _pack(spec));
    }

    /// @notice Also while the strategy and the parameter are frozen: it takes risk out.
    function test_whileFrozen() public {
        _freeze(1 days);
        _freezeKey(SLIPPAGE, 1 days);
        Spec memory spec = _slippage();
        spec.maximum = 500;
        _narrow(SLIPPAGE, spec);
        assertEq(registry.specOf(CORE, SLIPPAGE), _pack(spec));
    }

    /// @notice A proposed spec of the parameter goes with it: it was voted on beside other limits.
    function test_cancelsTheProposal() public {
        _propose(SLIPPAGE, _wide());
        Spec memory spec = _slippage();
        spec.jump = 200;
        vm.expectEmit(address(registry));
        emit IStrategyRegistry.SpecProposalCancelled(CORE, SLIPPAGE, governor);
        _narrow(SLIPPAGE, spec);
        _assertProposed(SLIPPAGE, 0, 0);
        skip(DELAY);
        _expectKey(IStrategyRegistry.SpecNotProposed.selector, SLIPPAGE);
        registry.activateSpec(CORE, SLIPPAGE);
    }

    /// @notice Bounds below zero and amounts are compared as what they are.
    function test_signsAndAmounts() public {
        Spec memory spec = _slippage();
        (spec.minimum, spec.signed, spec.risk) = (-200, true, BOTH_RISK);
        _narrow(SKEW, spec);
        spec.minimum = -201;
        _expectKey(IStrategyRegistry.SpecNotNarrower.selector, SKEW);
        _narrow(SKEW, spec);
        spec = _cap();
        spec.maximum = 2_000_000;
        _narrow(CAP, spec);
        assertEq(registry.specOf(CORE, CAP), _pack(spec));
        spec.maximum = 1_999_999;
        _expect(
            abi.encodeWithSelector(
                IStrategyRegistry.AboveMaximum.selector, CAP, 2_000_000e6, 1_999_999e6
            )
        );
        _narrow(CAP, spec);
    }

    /* ERRORS, in the order of the checks */

    /// @notice Neither a strategy nor a key that was never listed has limits.
    function test_unknown() public {
        vm.startPrank(governor);
        _expectUnknown();
        registry.narrowSpec("x", SLIPPAGE, 0);
        _expectKey(IStrategyRegistry.ParamUnknown.selector, 12);
        registry.narrowSpec(CORE, 12, _pack(_slippage()));
    }

    /// @notice A parameter that was given up keeps its limits, too.
    function test_abdicated() public {
        _abdicate(SLIPPAGE, 500);
        Spec memory spec = _slippage();
        spec.jump = 200;
        _expectKey(IStrategyRegistry.Abdicated.selector, SLIPPAGE);
        _narrow(SLIPPAGE, spec);
    }

    /// @notice What could not be listed cannot take its place: a step above the jump, a bit of the registry's own.
    function test_specInvalid() public {
        Spec memory spec = _slippage();
        spec.jump = 49;
        _expectInvalid(_pack(spec));
        spec.jump = 200;
        _expectInvalid(_pack(spec) | (1 << 206));
        _expectInvalid(_pack(spec) | (1 << 224));
        _expectInvalid(0);
    }

    function _expectInvalid(uint256 spec) private {
        _expect(abi.encodeWithSelector(IStrategyRegistry.SpecInvalid.selector, SLIPPAGE, spec));
        vm.prank(governor);
        registry.narrowSpec(CORE, SLIPPAGE, spec);
    }

    /// @notice Type, group, direction of risk, scale and unit stay what they are.
    function test_specKindChanged() public {
        Spec memory spec = _slippage();
        spec.jump = 200;
        uint256 packed = _pack(spec);
        uint8[6] memory bits = [192, 200, 201, 202, 203, 216]; // of those that leave it a valid spec
        for (uint256 i = 0; i < bits.length; ++i) {
            _expectKey(IStrategyRegistry.SpecKindChanged.selector, SLIPPAGE);
            vm.prank(governor);
            registry.narrowSpec(CORE, SLIPPAGE, packed ^ (1 << bits[i]));
        }
    }

    /// @notice Whatever is taken, for any kind of parameter, leaves no field with more room and the kind as it was.
    function test_neverWider(uint256 which, uint256 draw, uint8 bit) public {
        uint16[5] memory keys = [SLIPPAGE, INTERVAL, SKEW, CAP, LEFT];
        uint16 key = keys[which % 5];
        uint256 spec = registry.specOf(CORE, key);
        bool signed = key == SKEW;
        // Small moves of any field, sometimes one bit anywhere.
        uint256 next = draw & 3 == 0 ? spec ^ (1 << bit) : spec;
        uint256 fields = 0;
        for (uint256 shift = 0; shift < 192; shift += 32) {
            uint32 lane = uint32(next >> shift);
            unchecked {
                lane = lane + uint32((draw >> (8 + shift / 4)) % 3)
                    - (shift == 0 || shift == 160 ? 0 : 2);
            }
            fields |= uint256(lane) << shift;
        }
        next = (next >> 192 << 192) | fields;
        vm.prank(governor);
        (bool ok,) = address(registry).call(abi.encodeCall(registry.narrowSpec, (CORE, key, next)));
        assertEq(registry.specOf(CORE, key), ok ? next : spec);
        if (!ok) return;
        assertEq(next >> 192, spec >> 192);
        assertTrue(_bound(next, signed) >= _bound(spec, signed), "minimum");
        assertTrue(_bound(next >> 32, signed) <= _bound(spec >> 32, signed), "maximum");
        for (uint256 shift = 64; shift < 160; shift += 32) {
            assertLe(uint32(next >> shift), uint32(spec >> shift));
        }
        assertGe(uint32(next >> 160), uint32(spec >> 160));
    }

    function _bound(uint256 spec, bool signed) private pure returns (int256) {
        return signed ? int256(int32(uint32(spec))) : int256(uint256(uint32(spec)));
    }

    /// @notice No field may widen, even where another one narrows; and the same limits are not narrower.
    function test_specNotNarrower(uint256 field, uint32 by) public {
        Spec memory spec = _slippage();
        _expectKey(IStrategyRegistry.SpecNotNarrower.selector, SLIPPAGE);
        _narrow(SLIPPAGE, spec);
        spec.minimum = 10;
        _narrow(SLIPPAGE, spec);
        // Each of the others narrows now.
        spec = Spec(11, 999, 24, 49, 249, 1 days + 1, 0, UP_RISK, false, false, false, 0);
        by = uint32(bound(uint256(by), 1, 10));
        field %= 6;
        if (field == 0) spec.minimum = 10 - int32(by);
        else if (field == 1) spec.maximum = 1000 + int32(by);
        else if (field == 2) spec.stepUp = 25 + by;
        else if (field == 3) spec.stepDown = 50 + by;
        else if (field == 4) spec.jump = 250 + by;
        else spec.cooldown = 1 days - by;
        _expectKey(IStrategyRegistry.SpecNotNarrower.selector, SLIPPAGE);
        _narrow(SLIPPAGE, spec);
    }

    /// @notice The value must lie within the new bounds.
    function test_valueOutside() public {
        Spec memory spec = _slippage();
        spec.maximum = 499;
        _expect(abi.encodeWithSelector(IStrategyRegistry.AboveMaximum.selector, SLIPPAGE, 500, 499));
        _narrow(SLIPPAGE, spec);
        (spec.minimum, spec.maximum) = (501, 1000);
        _expect(abi.encodeWithSelector(IStrategyRegistry.BelowMinimum.selector, SLIPPAGE, 500, 501));
        _narrow(SLIPPAGE, spec);
    }
}
