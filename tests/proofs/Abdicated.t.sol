// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../contracts/interfaces/IStrategyRegistry.sol";
import {AnyState, OpenRegistry} from "./AnyState.sol";

/// @notice A parameter that was given up, in any state that `abdicate` can leave, and everything that is meant to move
/// another one. `rollbackTo` is in its own proof, the other functions in `OtherCalls`.
/// @custom:proves what was given up keeps its value and its spec
contract AbdicatedProof is AnyState {
    /// @notice Governance never moves it.
    function check_abdicated_governance(
        Given memory given,
        address by,
        int256 from,
        int256 to,
        bytes32 report
    ) public {
        vm.assume(from != to);
        IStrategyRegistry.Change[] memory changes = _changes(given, from, to);
        _refused(
            by, abi.encodeCall(registry.setParams, (id, changes, given.time, given.time, report))
        );
    }

    /// @notice The steward never moves it.
    function check_abdicated_steward(
        Given memory given,
        address by,
        int256 from,
        int256 to,
        bytes32 report
    ) public {
        vm.assume(from != to);
        IStrategyRegistry.Change[] memory changes = _changes(given, from, to);
        _refused(
            by,
            abi.encodeCall(registry.stewardSet, (id, changes, given.version, given.time, report))
        );
    }

    /// @notice The guardian never moves it.
    function check_abdicated_guardian(Given memory given, address by, int256 from, int256 to)
        public
    {
        vm.assume(from != to);
        IStrategyRegistry.Change[] memory changes = _changes(given, from, to);
        _refused(by, abi.encodeCall(registry.guardianReduce, (id, changes)));
    }

    /// @notice It is never narrowed.
    function check_abdicated_narrow(Given memory given, address by, uint256 spec) public {
        _abdicated(given);
        _refused(by, abi.encodeCall(registry.narrowSpec, (id, LANE_KEY, spec)));
    }

    /// @notice No spec is proposed for it.
    function check_abdicated_propose(Given memory given, address by, uint256 spec) public {
        _abdicated(given);
        _refused(by, abi.encodeCall(registry.proposeSpec, (id, LANE_KEY, spec)));
    }

    /// @notice Nothing that was proposed before is activated for it.
    function check_abdicated_activate(Given memory given, address by) public {
        _abdicated(given);
        _refused(by, abi.encodeCall(registry.activateSpec, (id, LANE_KEY)));
    }

    /* INSIDE */

    /// @dev As `abdicate` leaves it: without steps, jump and proposal.
    function _abdicated(Given memory given) private {
        vm.assume(given.jump == 0);
        registry.seedProposal(id, LANE_KEY, 0);
        _given(given, ABDICATED);
    }

    function _changes(Given memory given, int256 from, int256 to)
        private
        returns (IStrategyRegistry.Change[] memory changes)
    {
        _abdicated(given);
        changes = new IStrategyRegistry.Change[](1);
        changes[0] = IStrategyRegistry.Change(LANE_KEY, from, to);
    }

    function _refused(address by, bytes memory call) private {
        vm.prank(by);
        (bool done,) = address(registry).call(call);
        assert(!done);
    }
}
