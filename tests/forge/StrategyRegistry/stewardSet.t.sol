// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {PickyValidator} from "../doubles/PickyValidator.sol";
import {RegistryTest} from "./RegistryTest.sol";

/// @notice The steward changes parameters, within steps and cool-downs, at the version it has looked at.
contract StewardSetTest is RegistryTest {
    /* ACCESS */

    /// @notice Only the steward's role: governor and guardian have lanes of their own.
    function test_onlyTheSteward(address caller) public {
        vm.assume(caller != steward);
        bytes32 role = registry.STEWARD_ROLE();
        _expectNoRole(caller, role);
        vm.prank(caller);
        registry.stewardSet(CORE, _change(SLIPPAGE, 500, 501), 1, FOREVER, REPORT);
    }

    /// @notice Governance takes the role away, and the lane is closed.
    function test_governanceRevokes() public {
        bytes32 role = registry.STEWARD_ROLE();
        vm.prank(governor);
        registry.revokeRole(role, steward);
        _expectNoRole(steward, role);
        vm.prank(steward);
        registry.stewardSet(CORE, _change(SLIPPAGE, 500, 501), 1, FOREVER, REPORT);
    }

    /* NORMAL PATH */

    /// @notice One step up and one step down are taken, with the steward's name in the event.
    function test_changesWithinAStep() public {
        bytes32 before = registry.stateHash(CORE);
        IStrategyRegistry.Change[] memory changes =
            _with(_change(SLIPPAGE, 500, 525), BUFFER, 500, 450);
        vm.prank(steward);
        vm.expectEmit(true, true, true, false, address(registry));
        emit IStrategyRegistry.VersionCommitted(CORE, 2, 0, REPORT, steward, changes);
        registry.stewardSet(CORE, changes, 1, uint40(block.timestamp), REPORT);
        assertEq(_value(SLIPPAGE), 525);
        assertEq(_value(BUFFER), 450);
        assertEq(registry.stateHash(CORE), _stateHash(before, 2, REPORT, _wordsHash(0)));
        assertEq(registry.lastChangeOf(CORE, SLIPPAGE), block.timestamp);
    }

    /// @notice Whatever is within the steps of each kind of parameter is taken as it is.
    function test_takesWhatIsWithinTheStep(int256 interval, int256 skew, int256 cap) public {
        interval = bound(interval, 7500, 15_000);
        skew = bound(skew, -250, -175);
        cap = bound(cap, 1_000_000e6, 3_000_000e6);
        vm.assume(interval != 10_000);
        IStrategyRegistry.Change[] memory changes = _change(INTERVAL, 10_000, interval);
        changes = _with(changes, SKEW, -200, skew);
        _stewardSet(_with(changes, CAP, 2_000_000e6, cap));
        assertEq(_value(INTERVAL), interval);
        assertEq(_value(SKEW), skew);
        assertEq(_value(CAP), cap);
    }

    /// @notice After a cool-down, to the second, the next step may follow.
    function test_stepsAgainAfterTheCooldown() public {
        _stewardSet(_change(SLIPPAGE, 500, 525));
        vm.warp(block.timestamp + 1 days);
        _stewardSet(_change(SLIPPAGE, 525, 550));
        assertEq(_value(SLIPPAGE), 550);
    }

    /// @notice A move that reduces risk does not wait, whichever way that is; its step binds it still.
    function test_reducesRiskAtOnce() public {
        _stewardSet(_with(_change(SLIPPAGE, 500, 525), BUFFER, 500, 450));
        skip(1);
        _stewardSet(_with(_change(SLIPPAGE, 525, 475), BUFFER, 450, 475));
        assertEq(_value(SLIPPAGE), 475);
        assertEq(_value(BUFFER), 475);
        _expectSteward(
            _change(SLIPPAGE, 475, 424),
            abi.encodeWithSelector(IStrategyRegistry.StepTooLarge.selector, SLIPPAGE, 51, 50)
        );
    }

    /* ERRORS, in the order of the checks */

    /// @notice A strategy that was never listed has nothing to change.
    function test_unknownStrategy() public {
        vm.prank(steward);
        _expect(abi.encodeWithSelector(IStrategyRegistry.StrategyUnknown.selector, bytes32("x")));
        registry.stewardSet("x", _change(SLIPPAGE, 500, 501), 0, FOREVER, REPORT);
    }

    /// @notice Not after its time.
    function test_tooLate() public {
        uint40 earlier = uint40(block.timestamp - 1);
        vm.prank(steward);
        _expect(
            abi.encodeWithSelector(IStrategyRegistry.TooLate.selector, earlier, block.timestamp)
        );
        registry.stewardSet(CORE, _change(SLIPPAGE, 500, 501), 1, earlier, REPORT);
    }

    /// @notice Not at another version than the steward has looked at.
    function test_versionMoved() public {
        _set(_change(BUFFER, 500, 501));
        vm.prank(steward);
        _expect(abi.encodeWithSelector(IStrategyRegistry.VersionMoved.selector, 1, 2));
        registry.stewardSet(CORE, _change(SLIPPAGE, 500, 501), 1, FOREVER, REPORT);
    }

    /// @notice No simulation, no change.
    function test_reportMissing() public {
        vm.prank(steward);
        _expect(abi.encodeWithSelector(IStrategyRegistry.ReportMissing.selector));
        registry.stewardSet(CORE, _change(SLIPPAGE, 500, 501), 1, FOREVER, 0);
    }

    /// @notice A freeze binds the steward, also in a move that reduces risk.
    function test_frozen() public {
        _freeze(1 days);
        _expectSteward(
            _change(SLIPPAGE, 500, 499),
            abi.encodeWithSelector(
                IStrategyRegistry.Frozen.selector, CORE, block.timestamp + 1 days
            )
        );
    }

    /// @notice A freeze of the key binds the steward.
    function test_keyFrozen() public {
        _freezeKey(SLIPPAGE, 1 days);
        _expectSteward(
            _change(SLIPPAGE, 500, 499),
            abi.encodeWithSelector(
                IStrategyRegistry.KeyIsFrozen.selector, SLIPPAGE, block.timestamp + 1 days
            )
        );
    }

    /// @notice Hard bounds hold where the step would lead beyond them.
    function test_bounds() public {
        _set(_change(SLIPPAGE, 500, 740));
        skip(1);
        _set(_change(SLIPPAGE, 740, 990));
        skip(1 days);
        _expectSteward(
            _change(SLIPPAGE, 990, 1001),
            abi.encodeWithSelector(IStrategyRegistry.AboveMaximum.selector, SLIPPAGE, 1001, 1000)
        );
    }

    /// @notice No more than a step, up or down, for each kind of parameter.
    function test_stepTooLarge() public {
        _expectStep(SLIPPAGE, 500, 526, 26, 25);
        _expectStep(SLIPPAGE, 500, 449, 51, 50);
        _expectStep(INTERVAL, 10_000, 15_001, 5001, 5000);
        _expectStep(INTERVAL, 10_000, 7499, 2501, 2500);
        _expectStep(SKEW, -200, -174, 26, 25);
        _expectStep(SKEW, -200, -251, 51, 50);
        _expectStep(CAP, 2_000_000e6, 3_000_000e6 + 1, 1_000_000e6 + 1, 1_000_000e6);
        _expectStep(CEILING, 50e18, 45e18 - 1, 5e18 + 1, 5e18);
    }

    function _expectStep(uint16 key, int256 from, int256 to, uint256 change, uint256 step) private {
        _expectSteward(
            _change(key, from, to),
            abi.encodeWithSelector(IStrategyRegistry.StepTooLarge.selector, key, change, step)
        );
    }

    /// @notice The clock sees what governance did, what the guardian did, and the listing.
    function test_coolingDown() public {
        _set(_change(SLIPPAGE, 500, 501));
        _expectCooling(_change(SLIPPAGE, 501, 502));
        _reduce(_change(BUFFER, 500, 501));
        _expectCoolingOf(_change(BUFFER, 501, 500), BUFFER, block.timestamp + 1 days);
        vm.warp(START + 1 days - 1);
        _expectCoolingOf(_change(FEE, 0, 1), FEE, START + 1 days);
    }

    /// @notice One second before the end is too early.
    function test_coolsDownToTheSecond() public {
        _stewardSet(_change(SLIPPAGE, 500, 525));
        uint256 until = block.timestamp + 1 days;
        vm.warp(until - 1);
        _expectCoolingOf(_change(SLIPPAGE, 525, 526), SLIPPAGE, until);
    }

    /// @notice A parameter without a safe direction waits both ways.
    function test_bothDirectionsWait() public {
        _stewardSet(_change(SKEW, -200, -201));
        _expectCoolingOf(_change(SKEW, -201, -200), SKEW, block.timestamp + 1 days);
        _expectCoolingOf(_change(SKEW, -201, -202), SKEW, block.timestamp + 1 days);
        _stewardSet(_change(INTERVAL, 10_000, 9999));
        _expectCoolingOf(_change(INTERVAL, 9999, 9998), INTERVAL, block.timestamp + 1 days);
        _expectCoolingOf(_change(INTERVAL, 9999, 10_000), INTERVAL, block.timestamp + 1 days);
    }

    function _expectCooling(IStrategyRegistry.Change[] memory changes) private {
        _expectCoolingOf(changes, changes[0].key, block.timestamp + 1 days);
    }

    function _expectCoolingOf(IStrategyRegistry.Change[] memory changes, uint16 key, uint256 until)
        private
    {
        _expectSteward(
            changes, abi.encodeWithSelector(IStrategyRegistry.CoolingDown.selector, key, until)
        );
    }

    /// @notice Steps to less risk do not add up in one block: they would be no steps.
    function test_changedJustNow() public {
        bytes4 rule = IStrategyRegistry.ChangedJustNow.selector;
        _stewardSet(_change(SLIPPAGE, 500, 450));
        _expectSteward(
            _change(SLIPPAGE, 450, 400), abi.encodeWithSelector(rule, SLIPPAGE, block.timestamp)
        );
        _set(_change(BUFFER, 500, 400));
        _expectSteward(
            _change(BUFFER, 400, 425), abi.encodeWithSelector(rule, BUFFER, block.timestamp)
        );
        skip(1);
        _stewardSet(_change(SLIPPAGE, 450, 400));
        assertEq(_value(SLIPPAGE), 400);
    }

    /// @notice Coupled parameters are stated whole here, too, and a call that changes nothing is refused.
    function test_groupsAndNoChanges() public {
        _expectSteward(
            _change(LEFT, 4000, 4100),
            abi.encodeWithSelector(IStrategyRegistry.GroupIncomplete.selector, RIGHT, 2)
        );
        _expectSteward(_swing(0), abi.encodeWithSelector(IStrategyRegistry.NoChanges.selector));
    }

    /// @notice The validator's word counts here, too.
    function test_validatorRefuses() public {
        validator.refuse(3);
        uint256[] memory words = new uint256[](1);
        words[0] = uint256(1) << 224;
        _expectSteward(
            _change(FEE, 0, 1),
            abi.encodeWithSelector(PickyValidator.Refused.selector, CORE, uint8(3), words)
        );
    }
}
