// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IParameterExecutor} from "../../../contracts/interfaces/IParameterExecutor.sol";
import {HostileVault} from "../doubles/HostileVault.sol";
import {ExecutorTest} from "./ExecutorTest.sol";

/// @notice A curator removes vaults.
contract DelistTest is ExecutorTest {
    /// @notice Only curators.
    function test_onlyCurators(address caller) public {
        vm.assume(caller != curator && caller != governor);
        address vault = address(_enlisted(0));
        _expectNoRole(caller, executor.CURATOR_ROLE());
        vm.prank(caller);
        executor.delist(vault);
    }

    /// @notice Whichever of three is removed, the other two stay, with their records, and can be brought by name.
    function test_delists(uint256 which) public {
        which = bound(which, 0, 2);
        HostileVault[3] memory vaults = [_enlisted(0), _enlisted(1), _enlisted(3)];
        _applyAll();
        address gone = address(vaults[which]);
        vm.expectEmit(address(executor));
        emit IParameterExecutor.VaultDelisted(CORE, gone);
        vm.prank(curator);
        executor.delist(gone);

        assertEq(executor.vaultsOf(CORE).length, 2);
        assertEq(executor.recordOf(gone).strategyId, 0);
        assertEq(executor.recordOf(gone).appliedVersion, 0);
        _bump();
        for (uint256 i = 0; i < 3; ++i) {
            if (i == which) continue;
            assertEq(_record(vaults[i]).module, vaults[i].module());
            assertEq(_applyTo(address(vaults[i])), 1);
            _assertCurrent(vaults[i]);
        }
        _expect(abi.encodeWithSelector(IParameterExecutor.NotEnlisted.selector, gone));
        _applyTo(gone);
    }

    /// @notice What was removed may come back, at the version that it has.
    function test_comesBack() public {
        HostileVault vault = _enlisted(0);
        _applyAll();
        vm.startPrank(curator);
        executor.delist(address(vault));
        executor.enlist(CORE, address(vault));
        vm.stopPrank();
        assertEq(_record(vault).appliedVersion, 1);
    }

    /// @notice What is not there cannot be removed.
    function test_notEnlisted() public {
        vm.prank(curator);
        _expect(abi.encodeWithSelector(IParameterExecutor.NotEnlisted.selector, anyone));
        executor.delist(anyone);
    }
}
