// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IParameterExecutor} from "../../../contracts/interfaces/IParameterExecutor.sol";
import {HostileVault} from "../doubles/HostileVault.sol";
import {ExecutorTest} from "./ExecutorTest.sol";

/// @notice One hostile vault between two good ones: the good ones are brought, whatever it does.
contract HostileTest is ExecutorTest {
    bytes4 private immutable POST_CONDITION = IParameterExecutor.PostConditionFailed.selector;
    bytes4 private immutable RE_ENTERED =
        ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector;

    /// @notice It reverts, with an error, with nothing, with less than an error, with far more.
    function test_reverts() public {
        _holdsNobodyUp(HostileVault.Mood.Reverts, HostileVault.Grumpy.selector);
        _holdsNobodyUp(HostileVault.Mood.RevertsSilently, 0);
        _holdsNobodyUp(HostileVault.Mood.RevertsWithThreeBytes, 0);
        _holdsNobodyUp(HostileVault.Mood.RevertsWithMegabytes, 0);
    }

    /// @notice What a vault has already taken over is undone when it reverts afterwards.
    function test_revertsAfterwards() public {
        _holdsNobodyUp(HostileVault.Mood.AppliesAndReverts, HostileVault.Grumpy.selector);
    }

    /// @notice It burns all its gas, in the call, by memory or in a view.
    function test_loops() public {
        _holdsNobodyUp(HostileVault.Mood.LoopsForEver, 0);
        _holdsNobodyUp(HostileVault.Mood.EatsMemory, 0);
        _holdsNobodyUp(HostileVault.Mood.ViewsLoopForEver, POST_CONDITION);
    }

    /// @notice It says that it has taken the words over and has not, or not these, or answers otherwise.
    function test_lies() public {
        _holdsNobodyUp(HostileVault.Mood.DoesNothing, POST_CONDITION);
        _holdsNobodyUp(HostileVault.Mood.LiesAboutVersion, POST_CONDITION);
        _holdsNobodyUp(HostileVault.Mood.LiesAboutWords, POST_CONDITION);
        _holdsNobodyUp(HostileVault.Mood.AnswersTooMuch, POST_CONDITION);
        _holdsNobodyUp(HostileVault.Mood.ViewsRevert, POST_CONDITION);
    }

    /// @notice It calls the executor while it is called.
    function test_reEnters() public {
        _holdsNobodyUp(HostileVault.Mood.ReEnters, RE_ENTERED);
        _holdsNobodyUp(HostileVault.Mood.ReEntersByName, RE_ENTERED);
        _holdsNobodyUp(HostileVault.Mood.ReEntersPush, IParameterExecutor.OnlySelf.selector);
    }

    /// @notice A vault that returns megabytes and is else in order is in order: nobody copies them.
    function test_returnsMegabytes() public {
        HostileVault vault = _enlistedWith(HostileVault.Mood.ReturnsMegabytes);
        assertEq(_applyAll(), 1);
        assertEq(vault.appliedVersion(), 1);
    }

    /// @notice A vault whose code is gone fails its post-conditions, and the batch goes on.
    function test_selfDestructed() public {
        HostileVault first = _enlisted(0);
        HostileVault gone = _enlisted(0);
        HostileVault last = _enlisted(0);
        vm.etch(address(gone), "");
        vm.expectEmit(address(executor));
        emit IParameterExecutor.ApplyFailed(CORE, address(gone), 1, POST_CONDITION);
        assertEq(_applyAll(), 2);
        _assertCurrent(first);
        _assertCurrent(last);
    }

    /// @notice A vault that destructs itself in the call has kept its word by the end of it.
    function test_selfDestructs() public {
        HostileVault vault = _enlistedWith(HostileVault.Mood.SelfDestructs);
        HostileVault last = _enlisted(0);
        _applyAll();
        assertEq(_record(vault).appliedVersion, 1);
        _assertCurrent(last);
    }

    /// @notice A crowd of all moods at once: the good ones at both ends are brought, each bad one recorded, three times over.
    function test_allMoodsAtOnce() public {
        uint256 count = uint256(type(HostileVault.Mood).max) + 1;
        HostileVault[] memory bad = new HostileVault[](count);
        HostileVault first = _enlisted(0);
        for (uint256 i = 0; i < count; ++i) {
            bad[i] = _enlistedWith(HostileVault.Mood(i));
        }
        HostileVault last = _enlisted(0);
        for (uint256 round = 0; round < 3; ++round) {
            _bump();
            _applyAll();
            _assertCurrent(first);
            _assertCurrent(last);
        }
        for (uint256 i = 0; i < count; ++i) {
            IParameterExecutor.Record memory record = _record(bad[i]);
            assertTrue(record.quarantined == (record.appliedVersion == 0));
        }
    }

    function _holdsNobodyUp(HostileVault.Mood mood, bytes4 reason) private {
        HostileVault first = _enlisted(0);
        HostileVault bad = _enlistedWith(mood);
        HostileVault last = _enlisted(0);
        vm.expectEmit(address(executor));
        emit IParameterExecutor.ApplyFailed(CORE, address(bad), registry.version(CORE), reason);
        assertEq(_applyAll(), 2);
        _assertCurrent(first);
        _assertFailed(bad, 1);
        _assertCurrent(last);
        vm.prank(curator);
        executor.delist(address(bad));
    }
}
