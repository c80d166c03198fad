// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {PickyValidator} from "../doubles/PickyValidator.sol";
import {RegistryTest} from "./RegistryTest.sol";

/// @notice Governance changes parameters, within hard bounds and the jump of a version.
contract SetParamsTest is RegistryTest {
    /* ACCESS */

    /// @notice Nobody but the governor may call, role or not.
    function test_onlyTheGovernor(address caller) public {
        vm.assume(caller != governor);
        vm.prank(caller);
        _expect(abi.encodeWithSelector(IStrategyRegistry.NotGovernor.selector, caller));
        registry.setParams(CORE, _change(SLIPPAGE, 500, 501), 0, FOREVER, REPORT);
    }

    /* NORMAL PATH */

    /// @notice One change writes its value and its time, moves the version on and says so in an event.
    function test_changesOneParameter() public {
        bytes32 before = registry.stateHash(CORE);
        uint256 word = (registry.wordOf(CORE, 1) & ~uint256(type(uint32).max)) | 600;
        uint256[] memory words = registry.wordsOf(CORE, 0);
        words[1] = word;
        bytes32 moduleHash = keccak256(abi.encodePacked(uint256(0), words));
        bytes32 hash = _stateHash(before, 2, REPORT, keccak256(abi.encode(bytes32(0), moduleHash)));

        IStrategyRegistry.Change[] memory changes = _change(SLIPPAGE, 500, 600);
        vm.expectEmit(address(registry));
        emit IStrategyRegistry.VersionCommitted(CORE, 2, hash, REPORT, governor, changes);
        _set(changes);

        assertEq(_value(SLIPPAGE), 600);
        assertEq(registry.wordOf(CORE, 1), word);
        assertEq(registry.version(CORE), 2);
        assertEq(registry.stateHash(CORE), hash);
        assertEq(registry.lastChangeOf(CORE, SLIPPAGE), block.timestamp);
    }

    /// @notice A change leaves its neighbours in the word alone, values and times.
    function test_leavesNeighboursAlone() public {
        _set(_change(BUFFER, 500, 501));
        assertEq(_value(SLIPPAGE), 500);
        assertEq(_value(INTERVAL), 10_000);
        assertEq(_value(SKEW), -200);
        assertEq(registry.lastChangeOf(CORE, SLIPPAGE), START);
        assertEq(registry.lastChangeOf(CORE, INTERVAL), START);
    }

    /// @notice Changes over several words and modules are one version, whose hash covers the touched modules.
    function test_changesSeveralModulesAtOnce() public {
        bytes32 before = registry.stateHash(CORE);
        IStrategyRegistry.Change[] memory changes = _with(_swing(-2000), SKEW, -200, -300);
        changes = _with(changes, CEILING, 50e18, 70e18);
        _set(_with(changes, FEE, 0, 7));

        assertEq(_value(LEFT), 2000);
        assertEq(_value(RIGHT), 8000);
        assertEq(_value(SKEW), -300);
        assertEq(_value(CEILING), 70e18);
        assertEq(_value(FEE), 7);
        assertEq(registry.version(CORE), 2);
        bytes32 wordsHash = _fold(_fold(_fold(0, 0), 1), 3);
        assertEq(registry.stateHash(CORE), _stateHash(before, 2, REPORT, wordsHash));
        assertEq(registry.lastChangeOf(CORE, CEILING), block.timestamp);
        assertEq(registry.lastChangeOf(CORE, CAP), START);
    }

    /// @notice The cool-down is for the steward: governance may change the same parameter in the next second again.
    function test_doesNotCoolDown() public {
        _set(_change(SLIPPAGE, 500, 600));
        skip(1);
        _set(_change(SLIPPAGE, 600, 700));
        assertEq(registry.version(CORE), 3);
    }

    /// @notice Every value that is within bounds and jump is taken as it is, for each kind of parameter.
    function test_takesWhatIsWithinTheJump(int256 slippage, int256 skew, int256 cap) public {
        slippage = bound(slippage, 250, 750);
        skew = bound(skew, -450, 50);
        cap = bound(cap, 0, 4_000_000e6);
        vm.assume(slippage != 500);
        IStrategyRegistry.Change[] memory changes = _change(SLIPPAGE, 500, slippage);
        changes = _with(changes, SKEW, -200, skew);
        _set(_with(changes, CAP, 2_000_000e6, cap));
        assertEq(_value(SLIPPAGE), slippage);
        assertEq(_value(SKEW), skew);
        assertEq(_value(CAP), cap);
    }

    /// @notice An entry that says the value stays is a precondition: nothing is written for it.
    function test_takesPreconditions() public {
        bytes32 before = registry.stateHash(CORE);
        IStrategyRegistry.Change[] memory changes = _change(SLIPPAGE, 500, 500);
        changes = _with(changes, BUFFER, 500, 400);
        _set(_with(changes, CAP, 2_000_000e6, 2_000_000e6));
        assertEq(registry.lastChangeOf(CORE, SLIPPAGE), START);
        bytes32 hash = _stateHash(before, 2, REPORT, _wordsHash(0));
        assertEq(registry.stateHash(CORE), hash, "the amounts' module was not changed");
    }

    /// @notice From zero, a relative jump is the share of a thousandth of the maximum.
    function test_leavesZeroAgain() public {
        _set(_change(CAP, 2_000_000e6, 0));
        skip(1);
        _expect(
            abi.encodeWithSelector(
                IStrategyRegistry.JumpTooLarge.selector, CAP, 1_000_000e6 + 1, 1_000_000e6
            )
        );
        _set(_change(CAP, 0, 1_000_000e6 + 1));
        _set(_change(CAP, 0, 1_000_000e6));
        assertEq(_value(CAP), 1_000_000e6);
    }

    /// @notice The window's first and last second belong to it.
    function test_windowIsInclusive() public {
        uint40 nowAt = uint40(block.timestamp);
        vm.prank(governor);
        registry.setParams(CORE, _change(SLIPPAGE, 500, 501), nowAt, nowAt, REPORT);
        assertEq(_value(SLIPPAGE), 501);
    }

    /// @notice A frozen key may be stated as a precondition.
    function test_frozenKeyMayBeStated() public {
        _freezeKey(SLIPPAGE, 1 days);
        _set(_with(_change(SLIPPAGE, 500, 500), BUFFER, 500, 501));
        assertEq(_value(BUFFER), 501);
    }

    /// @notice A freeze ends by itself, to the second.
    function test_afterAFreeze() public {
        _freeze(1 days);
        _freezeKey(SLIPPAGE, 1 days);
        vm.warp(block.timestamp + 1 days);
        _set(_change(SLIPPAGE, 500, 501));
        assertEq(_value(SLIPPAGE), 501);
    }

    /* ERRORS, in the order of the checks */

    /// @notice A strategy that was never listed has nothing to change.
    function test_unknownStrategy() public {
        vm.prank(governor);
        _expect(abi.encodeWithSelector(IStrategyRegistry.StrategyUnknown.selector, bytes32("x")));
        registry.setParams("x", _change(SLIPPAGE, 500, 501), 0, FOREVER, REPORT);
    }

    /// @notice Not before its window.
    function test_tooEarly() public {
        uint40 later = uint40(block.timestamp + 1);
        vm.prank(governor);
        _expect(abi.encodeWithSelector(IStrategyRegistry.TooEarly.selector, later, block.timestamp));
        registry.setParams(CORE, _change(SLIPPAGE, 500, 501), later, FOREVER, REPORT);
    }

    /// @notice Not after it: a vote that went stale expires.
    function test_tooLate() public {
        uint40 earlier = uint40(block.timestamp - 1);
        vm.prank(governor);
        _expect(
            abi.encodeWithSelector(IStrategyRegistry.TooLate.selector, earlier, block.timestamp)
        );
        registry.setParams(CORE, _change(SLIPPAGE, 500, 501), 0, earlier, REPORT);
    }

    /// @notice No simulation, no change.
    function test_reportMissing() public {
        vm.prank(governor);
        _expect(abi.encodeWithSelector(IStrategyRegistry.ReportMissing.selector));
        registry.setParams(CORE, _change(SLIPPAGE, 500, 501), 0, FOREVER, 0);
    }

    /// @notice A frozen strategy waits.
    function test_frozen() public {
        _freeze(1 days);
        uint256 until = block.timestamp + 1 days;
        vm.warp(until - 1);
        _expect(abi.encodeWithSelector(IStrategyRegistry.Frozen.selector, CORE, until));
        _set(_change(SLIPPAGE, 500, 501));
    }

    /// @notice Keys that were not listed are refused: in the word, beside it, in a module without words, beyond all.
    function test_unknownKeys() public {
        uint16[5] memory keys = [12, 16, uint16(2 << 8), uint16((3 << 8) | 6), type(uint16).max];
        for (uint256 i = 0; i < keys.length; ++i) {
            _expect(abi.encodeWithSelector(IStrategyRegistry.ParamUnknown.selector, keys[i]));
            _set(_change(keys[i], 0, 1));
        }
        _expect(abi.encodeWithSelector(IStrategyRegistry.ParamUnknown.selector, 12));
        _set(_with(_change(SLIPPAGE, 500, 501), 12, 0, 1));
    }

    /// @notice The lock is on the values: a change made for another value is refused, whatever it says.
    function test_staleValue(int256 stated, int256 to) public {
        vm.assume(stated != 500);
        _expect(
            abi.encodeWithSelector(IStrategyRegistry.StaleValue.selector, SLIPPAGE, stated, 500)
        );
        _set(_change(SLIPPAGE, stated, to));
    }

    /// @notice The same for amounts and for values with a sign.
    function test_staleValueOfOtherKinds() public {
        int256 unsigned = (1 << 32) - 200;
        _expect(abi.encodeWithSelector(IStrategyRegistry.StaleValue.selector, SKEW, unsigned, -200));
        _set(_change(SKEW, unsigned, -100));
        _expect(abi.encodeWithSelector(IStrategyRegistry.StaleValue.selector, CAP, 2, 2_000_000e6));
        _set(_change(CAP, 2, 3));
    }

    /// @notice A frozen key waits; others do not.
    function test_keyFrozen() public {
        _freezeKey(SLIPPAGE, 1 days);
        uint256 until = block.timestamp + 1 days;
        vm.warp(until - 1);
        _set(_change(BUFFER, 500, 501));
        _expect(abi.encodeWithSelector(IStrategyRegistry.KeyIsFrozen.selector, SLIPPAGE, until));
        _set(_change(SLIPPAGE, 500, 501));
    }

    /// @notice No value below its minimum, for each kind of parameter, however far below.
    function test_belowMinimum() public {
        _expectBelow(BUFFER, 500, 9, 10);
        _expectBelow(SLIPPAGE, 500, -1, 0);
        _expectBelow(SLIPPAGE, 500, type(int256).min, 0);
        _expectBelow(SKEW, -200, -1001, -1000);
        _expectBelow(SKEW, -200, type(int256).min, -1000);
        _expectBelow(CAP, 2_000_000e6, -1, 0);
        _expectBelow(CAP, 2_000_000e6, type(int256).min, 0);
    }

    function _expectBelow(uint16 key, int256 from, int256 to, int256 minimum) private {
        _expect(abi.encodeWithSelector(IStrategyRegistry.BelowMinimum.selector, key, to, minimum));
        _set(_change(key, from, to));
    }

    /// @notice No value above its maximum, for each kind of parameter, however far above.
    function test_aboveMaximum() public {
        _expectAbove(SLIPPAGE, 500, 1001, 1000);
        _expectAbove(SLIPPAGE, 500, int256(1 << 32) + 500, 1000);
        _expectAbove(SLIPPAGE, 500, type(int256).max, 1000);
        _expectAbove(SKEW, -200, 1001, 1000);
        _expectAbove(SKEW, -200, type(int256).max, 1000);
        _expectAbove(CAP, 2_000_000e6, 1e15 + 1, 1e15);
        _expectAbove(CAP, 2_000_000e6, type(int256).max, 1e15);
    }

    function _expectAbove(uint16 key, int256 from, int256 to, int256 maximum) private {
        _expect(abi.encodeWithSelector(IStrategyRegistry.AboveMaximum.selector, key, to, maximum));
        _set(_change(key, from, to));
    }

    /// @notice No version moves a parameter further than its jump, up or down, for each kind of parameter.
    function test_jumpTooLarge() public {
        _expectJump(SLIPPAGE, 500, 751, 251, 250);
        _expectJump(SLIPPAGE, 500, 249, 251, 250);
        _expectJump(INTERVAL, 10_000, 17_501, 7501, 7500);
        _expectJump(INTERVAL, 10_000, 2499, 7501, 7500);
        _expectJump(SKEW, -200, 51, 251, 250);
        _expectJump(CAP, 2_000_000e6, 4_000_000e6 + 1, 2_000_000e6 + 1, 2_000_000e6);
        _expectJump(CEILING, 50e18, 70e18 + 1, 20e18 + 1, 20e18);
    }

    function _expectJump(uint16 key, int256 from, int256 to, uint256 change, uint256 jump) private {
        _expect(abi.encodeWithSelector(IStrategyRegistry.JumpTooLarge.selector, key, change, jump));
        _set(_change(key, from, to));
    }

    /// @notice Jumps do not add up in one block, whoever made the first and whichever way; preconditions and other
    /// parameters of the word are free.
    function test_changedJustNow() public {
        _set(_change(SLIPPAGE, 500, 600));
        _expectJustNow(_change(SLIPPAGE, 600, 601), SLIPPAGE);
        _expectJustNow(_change(SLIPPAGE, 600, 500), SLIPPAGE);
        _expectJump(SLIPPAGE, 600, 851, 251, 250);
        _reduce(_change(BUFFER, 500, 501));
        _expectJustNow(_change(BUFFER, 501, 502), BUFFER);
        _set(_change(CAP, 2_000_000e6, 1_000_000e6));
        _expectJustNow(_change(CAP, 1_000_000e6, 500_000e6), CAP);
        _set(_with(_change(SLIPPAGE, 600, 600), INTERVAL, 10_000, 10_001));
        skip(1);
        _set(_change(SLIPPAGE, 600, 700));
        assertEq(_value(SLIPPAGE), 700);
    }

    /// @notice The listing is a change of everything.
    function test_listedJustNow() public {
        vm.warp(START);
        _expectJustNow(_change(FEE, 0, 1), FEE);
    }

    function _expectJustNow(IStrategyRegistry.Change[] memory changes, uint16 key) private {
        _expect(
            abi.encodeWithSelector(IStrategyRegistry.ChangedJustNow.selector, key, block.timestamp)
        );
        _set(changes);
    }

    /// @notice Keys ascend and come once: within a word, from word to word, from module to module.
    function test_keysNotAscending() public {
        _expectDisorder(_with(_change(SLIPPAGE, 500, 501), SLIPPAGE, 501, 502), SLIPPAGE);
        _expectDisorder(_with(_change(BUFFER, 500, 501), SLIPPAGE, 500, 501), SLIPPAGE);
        _expectDisorder(_with(_change(BUFFER, 500, 501), RIGHT, 6000, 6001), RIGHT);
        _expectDisorder(_with(_change(FEE, 0, 1), CAP, 2_000_000e6, 0), CAP);
    }

    function _expectDisorder(IStrategyRegistry.Change[] memory changes, uint16 key) private {
        _expect(abi.encodeWithSelector(IStrategyRegistry.KeysNotAscending.selector, key));
        _set(changes);
    }

    /// @notice A coupled pair is stated whole, whichever of the two is left out.
    function test_groupIncomplete() public {
        _expect(abi.encodeWithSelector(IStrategyRegistry.GroupIncomplete.selector, RIGHT, 2));
        _set(_change(LEFT, 4000, 4100));
        _expect(abi.encodeWithSelector(IStrategyRegistry.GroupIncomplete.selector, LEFT, 1));
        _set(_with(_change(RIGHT, 6000, 6100), SLIPPAGE, 500, 501));
        _set(_with(_change(LEFT, 4000, 4000), RIGHT, 6000, 6100));
        assertEq(_value(RIGHT), 6100);
    }

    /// @notice A change without a group, after one that has one, does not make up for what the group lacks.
    function test_groupsOfAWordAddUp() public {
        bytes32 other = "other";
        IStrategyRegistry.Listing[] memory listings = new IStrategyRegistry.Listing[](3);
        listings[0] = _listing(LEFT, _weight(), 4000, "left");
        listings[1] = _listing(RIGHT, _weight(), 6000, "right");
        listings[2] = _listing(2, _slippage(), 500, "loose");
        vm.startPrank(governor);
        registry.listStrategy(other, validator, _moduleWords(), listings);
        skip(1);
        _expect(abi.encodeWithSelector(IStrategyRegistry.GroupIncomplete.selector, RIGHT, 2));
        registry.setParams(other, _with(_change(LEFT, 4000, 4100), 2, 500, 501), 0, FOREVER, REPORT);
        vm.stopPrank();
    }

    /// @notice A part of a pair alone may be a precondition.
    function test_partOfAGroupMayBeStated() public {
        _set(_with(_change(LEFT, 4000, 4000), SLIPPAGE, 500, 501));
        assertEq(registry.version(CORE), 2);
    }

    /// @notice A call that changes nothing is refused, empty or full of preconditions.
    function test_noChanges() public {
        _expect(abi.encodeWithSelector(IStrategyRegistry.NoChanges.selector));
        _set(new IStrategyRegistry.Change[](0));
        _expect(abi.encodeWithSelector(IStrategyRegistry.NoChanges.selector));
        _set(_swing(0));
    }

    /// @notice The validator sees the whole module as it would be, and its refusal undoes all of the call.
    function test_validatorRefuses() public {
        validator.refuse(1);
        uint256[] memory words = registry.wordsOf(CORE, 1);
        words[0] = 1_000_000e6;
        IStrategyRegistry.Change[] memory changes = _change(SLIPPAGE, 500, 501);
        _expect(abi.encodeWithSelector(PickyValidator.Refused.selector, CORE, uint8(1), words));
        _set(_with(changes, CAP, 2_000_000e6, 1_000_000e6));
        assertEq(_value(SLIPPAGE), 500);
        assertEq(registry.version(CORE), 1);
        _set(changes);
        assertEq(_value(SLIPPAGE), 501, "modules that are not touched are not asked about");
    }
}
