// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IManagedVault} from "../../../contracts/interfaces/IManagedVault.sol";
import {IParameterExecutor} from "../../../contracts/interfaces/IParameterExecutor.sol";
import {HostileVault} from "../doubles/HostileVault.sol";
import {ExecutorTest} from "./ExecutorTest.sol";

/// @notice The frame of one push, which only the executor opens.
contract PushTest is ExecutorTest {
    /// @notice Nobody else may push words of their own.
    function test_onlySelf(address caller) public {
        vm.assume(caller != address(executor));
        HostileVault vault = _enlisted(0);
        vm.prank(caller);
        _expect(abi.encodeWithSelector(IParameterExecutor.OnlySelf.selector));
        executor.push(address(vault), 9, "", 0, 0);
    }

    /// @notice Apply and post-conditions stand or fall together.
    function test_together() public {
        HostileVault vault = _enlisted(3);
        uint256[] memory words = new uint256[](1);
        words[0] = 5;
        bytes memory applyCall = abi.encodeCall(IManagedVault.applyParams, (9, words));
        bytes memory answer = abi.encode(words);
        vm.startPrank(address(executor));
        _expect(
            abi.encodeWithSelector(
                IParameterExecutor.PostConditionFailed.selector, address(vault), 8
            )
        );
        executor.push(address(vault), 8, applyCall, answer.length, keccak256(answer));
        assertEq(vault.appliedVersion(), 0);
        executor.push(address(vault), 9, applyCall, answer.length, keccak256(answer));
        assertEq(vault.appliedVersion(), 9);
    }

    /// @notice Of a failure four bytes are passed on, of a shorter one what there is.
    function test_passesOnFourBytes() public {
        assertEq(
            _failure(HostileVault.Mood.Reverts), abi.encodePacked(HostileVault.Grumpy.selector)
        );
        assertEq(_failure(HostileVault.Mood.RevertsWithMegabytes), new bytes(4));
        assertEq(_failure(HostileVault.Mood.RevertsWithThreeBytes), new bytes(3));
        assertEq(_failure(HostileVault.Mood.RevertsSilently), "");
    }

    function _failure(HostileVault.Mood mood) private returns (bytes memory data) {
        HostileVault vault = _enlistedWith(mood);
        bytes memory applyCall = abi.encodeCall(IManagedVault.applyParams, (9, new uint256[](2)));
        vm.prank(address(executor));
        bool ok;
        (ok, data) = address(executor)
            .call(abi.encodeCall(executor.push, (address(vault), 9, applyCall, 0, 0)));
        assertFalse(ok);
    }
}
