// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Preconditions} from "../../../contracts/governance/Preconditions.sol";
import {IPreconditions} from "../../../contracts/interfaces/IPreconditions.sol";
import {Test} from "../Test.sol";

/// @notice What a vote relies on is asked again: the code of its targets.
contract PreconditionsTest is Test {
    bytes32 private constant EMPTY = keccak256("");

    Preconditions private _preconditions = new Preconditions();
    address[] private _targets;
    bytes32[] private _hashes;

    function setUp() public {
        _rely(makeAddr("registry"), hex"6001");
        _rely(makeAddr("validator"), hex"6002");
    }

    /// @notice Anyone may ask, and unchanged code passes.
    function test_unchanged(address caller) public {
        vm.prank(caller);
        _preconditions.requireCode(_targets, _hashes);
    }

    /// @notice Code that differs in one byte is refused, whichever target it is, with what was expected and what is there.
    function test_codeChanged(bool second, bytes calldata code) public {
        uint256 i = second ? 1 : 0;
        vm.assume(code.length != 0 && keccak256(code) != _hashes[i]);
        // Forge reads these as a delegation, which must have a certain length, or refuses them.
        vm.assume(code[0] != 0xef);
        vm.etch(_targets[i], code);
        _refused(i, keccak256(code));
    }

    /// @notice A target without code is refused: never used, or an account.
    function test_noCode() public {
        _targets[1] = makeAddr("never used");
        _refused(1, 0);
        vm.deal(_targets[1], 1);
        _refused(1, EMPTY);
    }

    /// @notice An expected hash of zero is no wildcard.
    function test_zeroIsNoWildcard() public {
        bytes32 actual = _hashes[0];
        _hashes[0] = 0;
        _refused(0, actual);
    }

    /// @notice Each target has its hash.
    function test_lengthsDiffer() public {
        _hashes.pop();
        vm.expectRevert(abi.encodeWithSelector(IPreconditions.LengthsDiffer.selector, 2, 1));
        _preconditions.requireCode(_targets, _hashes);
    }

    /// @notice A condition on nothing is refused, or a drafter's mistake would look like a check.
    function test_noTargets() public {
        vm.expectRevert(IPreconditions.NoTargets.selector);
        _preconditions.requireCode(new address[](0), new bytes32[](0));
    }

    function _rely(address target, bytes memory code) private {
        vm.etch(target, code);
        _targets.push(target);
        _hashes.push(keccak256(code));
    }

    function _refused(uint256 place, bytes32 actual) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IPreconditions.CodeChanged.selector, _targets[place], _hashes[place], actual
            )
        );
        _preconditions.requireCode(_targets, _hashes);
    }
}
