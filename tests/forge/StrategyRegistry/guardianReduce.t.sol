// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {PickyValidator} from "../doubles/PickyValidator.sol";
import {RegistryTest} from "./RegistryTest.sol";

/// @notice The guardian moves parameters to less risk, at once.
contract GuardianReduceTest is RegistryTest {
    /* ACCESS */

    /// @notice Only the guardian's role.
    function test_onlyTheGuardian(address caller) public {
        vm.assume(caller != guardian);
        bytes32 role = registry.GUARDIAN_ROLE();
        _expectNoRole(caller, role);
        vm.prank(caller);
        registry.guardianReduce(CORE, _change(SLIPPAGE, 500, 499));
    }

    /* NORMAL PATH */

    /// @notice A reduction of any size needs no report, and the event shows that there was none.
    function test_reducesAtOnce() public {
        bytes32 before = registry.stateHash(CORE);
        IStrategyRegistry.Change[] memory changes =
            _with(_change(SLIPPAGE, 500, 0), BUFFER, 500, 1000);
        vm.expectEmit(true, true, true, false, address(registry));
        emit IStrategyRegistry.VersionCommitted(CORE, 2, 0, 0, guardian, changes);
        _reduce(changes);
        assertEq(_value(SLIPPAGE), 0);
        assertEq(_value(BUFFER), 1000);
        assertEq(registry.stateHash(CORE), _stateHash(before, 2, 0, _wordsHash(0)));
    }

    /// @notice Any value on the safe side of the present one is taken, any other is refused.
    function test_onlyToLessRisk(int256 slippage, int256 buffer) public {
        slippage = bound(slippage, 0, 1000);
        buffer = bound(buffer, 10, 1000);
        vm.assume(slippage != 500);
        vm.assume(buffer != 500);
        bool safe = slippage < 500;
        if (!safe) {
            _expect(
                abi.encodeWithSelector(IStrategyRegistry.AddsRisk.selector, SLIPPAGE, 500, slippage)
            );
        }
        _reduce(_change(SLIPPAGE, 500, slippage));
        safe = buffer > 500;
        if (!safe) {
            _expect(
                abi.encodeWithSelector(IStrategyRegistry.AddsRisk.selector, BUFFER, 500, buffer)
            );
        }
        _reduce(_change(BUFFER, 500, buffer));
    }

    /// @notice Neither a freeze nor a cool-down holds the guardian up, and it may move the same key twice in a second.
    function test_nothingHoldsItUp() public {
        _freeze(14 days);
        _freezeKey(SLIPPAGE, 14 days);
        _reduce(_change(SLIPPAGE, 500, 400));
        _reduce(_change(SLIPPAGE, 400, 1));
        assertEq(_value(SLIPPAGE), 1);
        assertEq(registry.version(CORE), 3);
    }

    /* ERRORS */

    /// @notice A strategy that was never listed has nothing to change.
    function test_unknownStrategy() public {
        vm.prank(guardian);
        _expect(abi.encodeWithSelector(IStrategyRegistry.StrategyUnknown.selector, bytes32("x")));
        registry.guardianReduce("x", _change(SLIPPAGE, 500, 499));
    }

    /// @notice A parameter whose directions are both risky, or neither, is not the guardian's.
    function test_noSafeDirection() public {
        _expectAddsRisk(SKEW, -200, -201);
        _expectAddsRisk(SKEW, -200, -199);
        _expectAddsRisk(INTERVAL, 10_000, 9999);
        _expectAddsRisk(INTERVAL, 10_000, 10_001);
    }

    function _expectAddsRisk(uint16 key, int256 from, int256 to) private {
        _expect(abi.encodeWithSelector(IStrategyRegistry.AddsRisk.selector, key, from, to));
        _reduce(_change(key, from, to));
    }

    /// @notice What it states must be so, stay within bounds, in order and in whole groups, and change something.
    function test_otherRulesHold() public {
        _expect(abi.encodeWithSelector(IStrategyRegistry.StaleValue.selector, SLIPPAGE, 499, 500));
        _reduce(_change(SLIPPAGE, 499, 498));
        _expect(abi.encodeWithSelector(IStrategyRegistry.BelowMinimum.selector, SLIPPAGE, -1, 0));
        _reduce(_change(SLIPPAGE, 500, -1));
        _expect(abi.encodeWithSelector(IStrategyRegistry.AboveMaximum.selector, BUFFER, 1001, 1000));
        _reduce(_change(BUFFER, 500, 1001));
        _expect(abi.encodeWithSelector(IStrategyRegistry.KeysNotAscending.selector, SLIPPAGE));
        _reduce(_with(_change(BUFFER, 500, 501), SLIPPAGE, 500, 499));
        _expect(abi.encodeWithSelector(IStrategyRegistry.NoChanges.selector));
        _reduce(_change(SLIPPAGE, 500, 500));
    }

    /// @notice The validator's word counts here, too.
    function test_validatorRefuses() public {
        validator.refuse(1);
        uint256[] memory words = registry.wordsOf(CORE, 1);
        words[0] = 0;
        _expect(abi.encodeWithSelector(PickyValidator.Refused.selector, CORE, uint8(1), words));
        _reduce(_change(CAP, 2_000_000e6, 0));
    }

    /// @notice The outside world is not asked: a venue that is broken holds no reduction up. The others it stops.
    function test_outsideWorldIsNotAsked() public {
        validator.refuseOutside(0);
        _reduce(_change(SLIPPAGE, 500, 400));
        assertEq(_value(SLIPPAGE), 400);
        vm.expectPartialRevert(PickyValidator.Refused.selector);
        _set(_change(BUFFER, 500, 501));
        uint32 version = uint32(registry.version(CORE));
        vm.prank(steward);
        vm.expectPartialRevert(PickyValidator.Refused.selector);
        registry.stewardSet(CORE, _change(BUFFER, 500, 501), version, FOREVER, REPORT);
    }
}
