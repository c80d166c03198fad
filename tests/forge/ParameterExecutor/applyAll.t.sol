// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IParameterExecutor} from "../../../contracts/interfaces/IParameterExecutor.sol";
import {HostileVault} from "../doubles/HostileVault.sol";
import {ExecutorTest} from "./ExecutorTest.sol";

/// @notice Anyone brings every vault of a strategy to the current version.
contract ApplyAllTest is ExecutorTest {
    /* ACCESS */

    /// @notice Anyone at all may call.
    function test_anyone(address caller) public {
        HostileVault vault = _enlisted(0);
        vm.prank(caller);
        assertEq(executor.applyAll(CORE), 1);
        _assertCurrent(vault);
    }

    /* NORMAL PATH */

    /// @notice Vaults of different modules each get the words of their own, in one call.
    function test_appliesToEach() public {
        uint8[5] memory modules = [0, 1, 1, 0, 3];
        HostileVault[] memory vaults = new HostileVault[](5);
        for (uint256 i = 0; i < 5; ++i) {
            vaults[i] = _enlisted(modules[i]);
        }
        for (uint256 i = 0; i < 5; ++i) {
            vm.expectEmit(address(executor));
            emit IParameterExecutor.Applied(CORE, address(vaults[i]), 1);
        }
        assertEq(_applyAll(), 5);
        for (uint256 i = 0; i < 5; ++i) {
            _assertCurrent(vaults[i]);
        }
    }

    /// @notice Vaults that are not behind are left alone; a newer version finds all of them again.
    function test_appliesOnce() public {
        HostileVault first = _enlisted(0);
        _applyAll();
        HostileVault second = _enlisted(0);
        vm.expectCall(address(first), abi.encodePacked(first.applyParams.selector), 0);
        assertEq(_applyAll(), 1);
        _assertCurrent(second);
        assertEq(_applyAll(), 0);
    }

    /// @notice A vault skips versions that it has missed.
    function test_skipsVersions() public {
        HostileVault vault = _enlisted(0);
        _applyAll();
        _bump();
        _bump();
        _set(_change(SLIPPAGE, 500, 501));
        assertEq(_applyAll(), 1);
        assertEq(vault.appliedVersion(), 4);
        _assertCurrent(vault);
    }

    /// @notice A strategy without vaults, or that is not listed, has none to bring.
    function test_noVaults() public {
        assertEq(_applyAll(), 0);
        assertEq(executor.applyAll("unknown"), 0);
    }

    /* FAILURES */

    /// @notice A failing vault is recorded with the first four bytes of its error; the others are brought.
    function test_recordsFailure() public {
        HostileVault first = _enlisted(0);
        HostileVault bad = _enlistedWith(HostileVault.Mood.Reverts);
        HostileVault last = _enlisted(0);
        vm.expectEmit(address(executor));
        emit IParameterExecutor.ApplyFailed(CORE, address(bad), 1, HostileVault.Grumpy.selector);
        assertEq(_applyAll(), 2);
        _assertCurrent(first);
        _assertFailed(bad, 1);
        _assertCurrent(last);
    }

    /// @notice After three failures in a row a vault is passed over.
    function test_quarantines() public {
        HostileVault bad = _enlistedWith(HostileVault.Mood.Reverts);
        _applyAll();
        _applyAll();
        assertFalse(_record(bad).quarantined);
        vm.expectEmit(address(executor));
        emit IParameterExecutor.Quarantined(CORE, address(bad), 3);
        _applyAll();
        assertTrue(_record(bad).quarantined);

        bad.feel(HostileVault.Mood.Good);
        vm.expectCall(address(bad), abi.encodePacked(bad.applyParams.selector), 0);
        assertEq(_applyAll(), 0);
        _assertFailed(bad, 3);
    }

    /// @notice A success in between starts the count again.
    function test_successForgives() public {
        HostileVault vault = _enlistedWith(HostileVault.Mood.Reverts);
        _applyAll();
        _applyAll();
        vault.feel(HostileVault.Mood.Good);
        assertEq(_applyAll(), 1);
        _assertCurrent(vault);
    }

    /// @notice Too little gas for the next push fails the call, not the vault: nothing is counted against it.
    function test_tooLittleGas(uint256 gas) public {
        _enlisted(0);
        HostileVault vault = _enlistedWith(HostileVault.Mood.LoopsForEver);
        gas = bound(gas, 120_000, 480_000);
        vm.expectPartialRevert(IParameterExecutor.TooLittleGas.selector);
        executor.applyAll{gas: gas}(CORE);
        _assertFailed(vault, 0);
    }

    /// @notice Just enough gas is enough: a vault that burns all of it leaves what is needed to record that.
    function test_enoughGas() public {
        HostileVault vault = _enlistedWith(HostileVault.Mood.LoopsForEver);
        uint256 needed = executor.PUSH_GAS() * 64 / 63 + 20_000;
        executor.applyAll{gas: needed + 60_000}(CORE);
        _assertFailed(vault, 1);
    }

    /// @notice All others burning their gas before it, a good vault is reached by the first call of one transaction's
    /// gas (2**24, EIP-7825) at every version; after three, the others are passed over.
    function test_burnersStarveNobody() public {
        uint256 burners = executor.MAX_VAULTS() - 1;
        HostileVault[] memory bad = new HostileVault[](burners);
        for (uint256 i = 0; i < burners; ++i) {
            bad[i] = _enlistedWith(HostileVault.Mood.LoopsForEver);
        }
        HostileVault good = _enlisted(0);
        for (uint256 round = 1; round <= 3; ++round) {
            _bump();
            assertEq(executor.applyAll{gas: 2 ** 24 - 30_000}(CORE), 1);
            _assertCurrent(good);
        }
        for (uint256 i = 0; i < burners; ++i) {
            assertTrue(_record(bad[i]).quarantined);
        }
        _bump();
        assertEq(executor.applyAll{gas: 1_000_000}(CORE), 1);
        _assertCurrent(good);
    }
}
