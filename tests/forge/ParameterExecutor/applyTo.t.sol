// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IParameterExecutor} from "../../../contracts/interfaces/IParameterExecutor.sol";
import {HostileVault} from "../doubles/HostileVault.sol";
import {ExecutorTest} from "./ExecutorTest.sol";

/// @notice Anyone brings named vaults, also those in quarantine.
contract ApplyToTest is ExecutorTest {
    /// @notice Anyone at all may call, and only the named vault is touched.
    function test_anyone(address caller) public {
        _enlisted(0);
        HostileVault named = _enlisted(0);
        vm.prank(caller);
        assertEq(executor.applyTo(CORE, _names(address(named))), 1);
        _assertCurrent(named);
        assertEq(_record(named).appliedVersion, 1);
        assertEq(executor.recordOf(executor.vaultsOf(CORE)[0]).appliedVersion, 0);
    }

    /// @notice A vault named twice is brought once.
    function test_namedTwice() public {
        address vault = address(_enlisted(0));
        address[] memory twice = new address[](2);
        (twice[0], twice[1]) = (vault, vault);
        assertEq(executor.applyTo(CORE, twice), 1);
    }

    /// @notice A success ends the quarantine; a failure does not, and is counted, to the end of the counter.
    function test_retriesByName() public {
        HostileVault bad = _enlistedWith(HostileVault.Mood.Reverts);
        for (uint256 i = 0; i < 260; ++i) {
            assertEq(_applyTo(address(bad)), 0);
        }
        assertEq(_record(bad).failures, 255);
        assertTrue(_record(bad).quarantined);
        bad.feel(HostileVault.Mood.Good);
        assertEq(_applyTo(address(bad)), 1);
        _assertCurrent(bad);
    }

    /// @notice A vault that is not enlisted, or with another strategy, is refused by name.
    function test_notEnlisted() public {
        address stranger = makeAddr("stranger");
        _expect(abi.encodeWithSelector(IParameterExecutor.NotEnlisted.selector, stranger));
        _applyTo(stranger);
        _enlisted(0);
        _expect(abi.encodeWithSelector(IParameterExecutor.NotEnlisted.selector, stranger));
        _applyTo(stranger);

        bytes32 other = "other";
        vm.prank(governor);
        registry.listStrategy(other, validator, _moduleWords(), _listings());
        HostileVault foreign = new HostileVault(other, 0, address(executor));
        vm.startPrank(curator);
        executor.enlist(other, address(foreign));
        vm.stopPrank();
        _expect(abi.encodeWithSelector(IParameterExecutor.NotEnlisted.selector, address(foreign)));
        _applyTo(address(foreign));
        address[] memory none = executor.vaultsOf(CORE);
        _expect(abi.encodeWithSelector(IParameterExecutor.NotEnlisted.selector, none[0]));
        executor.applyTo("unlisted", none);
    }

    /// @notice Too little gas fails the call, not the vault.
    function test_tooLittleGas() public {
        HostileVault vault = _enlistedWith(HostileVault.Mood.LoopsForEver);
        vm.expectPartialRevert(IParameterExecutor.TooLittleGas.selector);
        executor.applyTo{gas: 400_000}(CORE, _names(address(vault)));
        _assertFailed(vault, 0);
    }
}
