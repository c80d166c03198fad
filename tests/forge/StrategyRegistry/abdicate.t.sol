// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {SpecsTest} from "./SpecsTest.sol";

/// @notice Governance gives a parameter up for ever.
contract AbdicateTest is SpecsTest {
    /* ACCESS */

    /// @notice Only the governor.
    function test_onlyTheGovernor(address caller) public {
        vm.assume(caller != governor);
        _expectNotGovernor(caller);
        vm.prank(caller);
        registry.abdicate(CORE, SLIPPAGE, 500);
    }

    /* NORMAL PATH */

    /// @notice It shows in the spec, whose bounds and kind stay, and no version comes of it.
    function test_givesUp() public {
        assertFalse(registry.isAbdicated(CORE, SLIPPAGE));
        vm.expectEmit(address(registry));
        emit IStrategyRegistry.KeyAbdicated(CORE, SLIPPAGE, 500);
        _abdicate(SLIPPAGE, 500);
        assertTrue(registry.isAbdicated(CORE, SLIPPAGE));
        assertFalse(registry.isAbdicated(CORE, BUFFER));
        Spec memory spec = _slippage();
        (spec.stepUp, spec.stepDown, spec.jump) = (0, 0, 0);
        assertEq(registry.specOf(CORE, SLIPPAGE), _pack(spec) | (1 << 206));
        assertEq(registry.version(CORE), 1);
        assertEq(_value(SLIPPAGE), 500);
    }

    /// @notice No lane moves it any more, in any direction, for any kind of parameter.
    function test_noLaneMovesIt(uint256 which, int256 to) public {
        uint16[5] memory keys = [SLIPPAGE, BUFFER, INTERVAL, SKEW, CAP];
        int256[5] memory low = [int256(0), 10, 100, -1000, 0];
        int256[5] memory high = [int256(1000), 1000, 1_000_000, 1000, 1e15];
        which %= 5;
        uint16 key = keys[which];
        int256 from = _value(key);
        to = bound(to, low[which], high[which]);
        vm.assume(to != from);
        _abdicate(key, from);
        _expectKey(IStrategyRegistry.Abdicated.selector, key);
        _set(_change(key, from, to));
        _expectSteward(
            _change(key, from, to),
            abi.encodeWithSelector(IStrategyRegistry.Abdicated.selector, key)
        );
        _expectKey(IStrategyRegistry.Abdicated.selector, key);
        _reduce(_change(key, from, to));
    }

    /// @notice It may still be stated, so that the others of its group and word move on.
    function test_othersMoveOn() public {
        _abdicate(SLIPPAGE, 500);
        _set(_with(_change(SLIPPAGE, 500, 500), BUFFER, 500, 501));
        assertEq(_value(BUFFER), 501);
        _abdicate(LEFT, 4000);
        _set(_with(_change(LEFT, 4000, 4000), RIGHT, 6000, 5000));
        assertEq(_value(RIGHT), 5000);
    }

    /// @notice A proposed spec of it is cancelled, or its activation would give the parameter back.
    function test_cancelsTheProposal() public {
        _propose(SLIPPAGE, _wide());
        skip(DELAY);
        vm.expectEmit(address(registry));
        emit IStrategyRegistry.SpecProposalCancelled(CORE, SLIPPAGE, governor);
        _abdicate(SLIPPAGE, 500);
        _expectKey(IStrategyRegistry.SpecNotProposed.selector, SLIPPAGE);
        registry.activateSpec(CORE, SLIPPAGE);
        assertTrue(registry.isAbdicated(CORE, SLIPPAGE));
    }

    /* ERRORS, in the order of the checks */

    /// @notice Neither a strategy nor a key that was never listed can be given up.
    function test_unknown() public {
        vm.startPrank(governor);
        _expectUnknown();
        registry.abdicate("x", SLIPPAGE, 500);
        _expectKey(IStrategyRegistry.ParamUnknown.selector, 12);
        registry.abdicate(CORE, 12, 0);
    }

    /// @notice Once.
    function test_twice() public {
        _abdicate(SLIPPAGE, 500);
        _expectKey(IStrategyRegistry.Abdicated.selector, SLIPPAGE);
        _abdicate(SLIPPAGE, 500);
    }

    /// @notice For ever means this value, not the one that somebody else has set by then.
    function test_staleValue() public {
        _reduce(_change(SLIPPAGE, 500, 400));
        _expect(abi.encodeWithSelector(IStrategyRegistry.StaleValue.selector, SLIPPAGE, 500, 400));
        _abdicate(SLIPPAGE, 500);
    }

    /// @notice Not while strategy or parameter is frozen.
    function test_frozen() public {
        _freeze(1 days);
        uint256 until = block.timestamp + 1 days;
        _expect(abi.encodeWithSelector(IStrategyRegistry.Frozen.selector, CORE, until));
        _abdicate(SLIPPAGE, 500);
        skip(1 days);
        _freezeKey(SLIPPAGE, 1 days);
        until = block.timestamp + 1 days;
        _expect(abi.encodeWithSelector(IStrategyRegistry.KeyIsFrozen.selector, SLIPPAGE, until));
        _abdicate(SLIPPAGE, 500);
    }
}
