// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IParameterExecutor} from "../../../contracts/interfaces/IParameterExecutor.sol";
import {ParameterExecutor} from "../../../contracts/ParameterExecutor.sol";
import {HostileVault} from "../doubles/HostileVault.sol";
import {RegistryTest} from "../StrategyRegistry/RegistryTest.sol";

/// @notice An executor over the registry's strategy, and vaults with moods.
abstract contract ExecutorTest is RegistryTest {
    address internal curator = makeAddr("curator");
    address internal anyone = makeAddr("anyone");
    ParameterExecutor internal executor;

    function setUp() public virtual override {
        super.setUp();
        executor = new ParameterExecutor(registry, governor);
        bytes32 role = executor.CURATOR_ROLE();
        vm.prank(governor);
        executor.grantRole(role, curator);
    }

    function _vault(uint8 module) internal returns (HostileVault) {
        return new HostileVault(CORE, module, address(executor));
    }

    function _enlisted(uint8 module) internal returns (HostileVault vault) {
        vault = _vault(module);
        vm.prank(curator);
        executor.enlist(CORE, address(vault));
    }

    function _enlistedWith(HostileVault.Mood mood) internal returns (HostileVault vault) {
        vault = _enlisted(0);
        vault.feel(mood);
    }

    function _applyAll() internal returns (uint256) {
        vm.prank(anyone);
        return executor.applyAll(CORE);
    }

    function _applyTo(address vault) internal returns (uint256) {
        vm.prank(anyone);
        return executor.applyTo(CORE, _names(vault));
    }

    function _names(address vault) internal pure returns (address[] memory vaults) {
        vaults = new address[](1);
        vaults[0] = vault;
    }

    function _record(HostileVault vault) internal view returns (IParameterExecutor.Record memory) {
        return executor.recordOf(address(vault));
    }

    /// @notice The vault is where the registry is, and the executor knows it.
    function _assertCurrent(HostileVault vault) internal view {
        (uint256 version, uint256[] memory words) = registry.snapshot(CORE, vault.module());
        assertEq(vault.appliedVersion(), version);
        assertEq(abi.encode(vault.appliedWords()), abi.encode(words));
        assertEq(_record(vault).appliedVersion, version);
        assertEq(_record(vault).failures, 0);
        assertFalse(_record(vault).quarantined);
    }

    /// @notice A failed push has left nothing behind in the vault, and one more failure in its record.
    function _assertFailed(HostileVault vault, uint256 failures) internal view {
        assertEq(vault.appliedVersion(), 0, "undone");
        assertEq(_record(vault).appliedVersion, 0);
        assertEq(_record(vault).failures, failures);
    }

    function _bump() internal {
        skip(1);
        int256 value = _value(FEE);
        _set(_change(FEE, value, value == 0 ? int256(1) : int256(0)));
    }
}
