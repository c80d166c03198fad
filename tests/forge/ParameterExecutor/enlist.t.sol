// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IParameterExecutor} from "../../../contracts/interfaces/IParameterExecutor.sol";
import {HostileVault} from "../doubles/HostileVault.sol";
import {ExecutorTest} from "./ExecutorTest.sol";

/// @notice A curator adds vaults, and only what answers as a vault of the strategy does.
contract EnlistTest is ExecutorTest {
    /* ACCESS */

    /// @notice Only curators; the timelock is one from the start.
    function test_onlyCurators(address caller) public {
        vm.assume(caller != curator && caller != governor);
        address vault = address(_vault(0));
        _expectNoRole(caller, executor.CURATOR_ROLE());
        vm.prank(caller);
        executor.enlist(CORE, vault);
        vm.prank(governor);
        executor.enlist(CORE, vault);
    }

    /* NORMAL PATH */

    /// @notice The vault is in the list and has an empty record.
    function test_enlists() public {
        address vault = address(_vault(1));
        vm.expectEmit(address(executor));
        emit IParameterExecutor.VaultEnlisted(CORE, vault);
        vm.prank(curator);
        executor.enlist(CORE, vault);
        assertEq(executor.vaultsOf(CORE).length, 1);
        assertEq(executor.vaultsOf(CORE)[0], vault);
        IParameterExecutor.Record memory record = executor.recordOf(vault);
        assertEq(record.strategyId, CORE);
        assertEq(record.module, 1);
        assertEq(record.appliedVersion, 0);
    }

    /// @notice A vault that has been brought by an earlier executor keeps its version, old or current.
    function test_takesOverWhatIsApplied() public {
        HostileVault vault = _vaultAt(1, registry.wordsOf(CORE, 0));
        _enlist(vault);
        assertEq(_record(vault).appliedVersion, 1);
        assertEq(_applyAll(), 0);
        HostileVault old = _vaultAt(1, new uint256[](2));
        _bump();
        _enlist(old);
        assertEq(_record(old).appliedVersion, 1);
        assertEq(_applyAll(), 2);
    }

    /* ERRORS */

    /// @notice A vault is enlisted once, with one strategy.
    function test_alreadyEnlisted() public {
        HostileVault vault = _enlisted(0);
        vm.prank(curator);
        _expect(abi.encodeWithSelector(IParameterExecutor.AlreadyEnlisted.selector, address(vault)));
        executor.enlist("other", address(vault));
    }

    /// @notice The list is bounded.
    function test_tooManyVaults() public {
        uint256 limit = executor.MAX_VAULTS();
        for (uint256 i = 0; i < limit; ++i) {
            _enlisted(0);
        }
        address one = address(_vault(0));
        vm.prank(curator);
        _expect(abi.encodeWithSelector(IParameterExecutor.TooManyVaults.selector, limit));
        executor.enlist(CORE, one);
    }

    /// @notice No code, other code, another strategy, a module without words, a strategy that is not listed.
    function test_notAVault() public {
        _expectNotAVault(makeAddr("nobody"));
        _expectNotAVault(address(validator));
        _expectNotAVault(address(new HostileVault("other", 0, address(executor))));
        _expectNotAVault(address(_vault(2)));
        address unlisted = address(new HostileVault("unlisted", 0, address(executor)));
        vm.prank(curator);
        _expect(abi.encodeWithSelector(IParameterExecutor.NotAVault.selector, unlisted));
        executor.enlist("unlisted", unlisted);
    }

    /// @notice A vault that is ahead of the registry, or at its version with other words, tells lies.
    function test_notWhatTheRegistryHolds() public {
        _expectNotAVault(address(_vaultAt(2, registry.wordsOf(CORE, 0))));
        _expectNotAVault(address(_vaultAt(1, new uint256[](2))));
    }

    /// @notice A module number beyond eight bits is none.
    function test_moduleOutOfRange() public {
        address vault = address(_vault(0));
        vm.mockCall(vault, abi.encodeWithSignature("module()"), abi.encode(uint256(256)));
        _expectNotAVault(vault);
    }

    /// @notice An answer of another size is no answer, whatever it begins with.
    function test_answerOfAnotherSize() public {
        address vault = address(_vault(0));
        vm.mockCall(vault, abi.encodeWithSignature("strategyId()"), abi.encode(CORE, 0));
        _expectNotAVault(vault);
    }

    function _vaultAt(uint32 version, uint256[] memory words) private returns (HostileVault vault) {
        vault = _vault(0);
        vm.prank(address(executor));
        vault.applyParams(version, words);
    }

    function _enlist(HostileVault vault) private {
        vm.prank(curator);
        executor.enlist(CORE, address(vault));
    }

    function _expectNotAVault(address vault) private {
        vm.prank(curator);
        _expect(abi.encodeWithSelector(IParameterExecutor.NotAVault.selector, vault));
        executor.enlist(CORE, vault);
    }
}
