// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../contracts/interfaces/IStrategyRegistry.sol";
import {AnyState, OpenRegistry} from "./AnyState.sol";

/// @notice All other calls, and all other strategies and words.
/// @custom:proves what a call does not name, it does not touch
contract OtherCallsProof is AnyState {
    /// @dev Any strategy. Its calls may name it, or another one.
    function setUp() public override {
        super.setUp();
        id = svm.createBytes32("id");
    }

    /// @notice No other function of the registry, with whatever arguments, changes a value, a spec, a version or a hash.
    function check_otherFunctions(Given memory given, address by) public {
        (uint16 key, OpenRegistry.Look memory before) = _given(given, PLAIN);
        bytes memory call = svm.createCalldata("StrategyRegistry");
        // casting to 'bytes4' is safe: the selector is meant
        bytes4 selector = bytes4(call);
        // These have proofs of their own, or are the doors of a proof. A strategy that is listed cannot be listed.
        vm.assume(selector != IStrategyRegistry.setParams.selector);
        vm.assume(selector != IStrategyRegistry.stewardSet.selector);
        vm.assume(selector != IStrategyRegistry.guardianReduce.selector);
        vm.assume(selector != IStrategyRegistry.rollbackTo.selector);
        vm.assume(selector != IStrategyRegistry.listStrategy.selector);
        vm.assume(selector != IStrategyRegistry.narrowSpec.selector);
        vm.assume(selector != IStrategyRegistry.proposeSpec.selector);
        vm.assume(selector != IStrategyRegistry.activateSpec.selector);
        vm.assume(selector != IStrategyRegistry.abdicate.selector);
        vm.assume(selector != registry.seedHead.selector);
        vm.assume(selector != registry.seedSpec.selector);
        vm.assume(selector != registry.seedProposal.selector);
        vm.prank(by);
        (bool done,) = address(registry).call(call);
        vm.assume(done);
        OpenRegistry.Look memory later = registry.look(id, key);
        _checkUntouched(before, later);
        assert(later.spec == before.spec);
        assert(later.proposed == before.proposed || later.proposed == 0);
        assert(later.keyFrozenUntil <= later.keysFrozenUntil);
    }

    /// @notice A move of the guardian touches no other word, of this strategy or another one.
    function check_otherWords(
        Given memory given,
        bytes32 otherId,
        uint16 otherKey,
        int256 from,
        int256 to
    ) public {
        (uint16 key,) = _given(given, PLAIN);
        vm.assume(otherId != id || otherKey >> 3 != key >> 3);
        OpenRegistry.Look memory before = registry.look(otherId, otherKey);
        IStrategyRegistry.Change[] memory changes = new IStrategyRegistry.Change[](1);
        changes[0] = IStrategyRegistry.Change(key, from, to);
        registry.guardianReduce(id, changes);
        OpenRegistry.Look memory later = registry.look(otherId, otherKey);
        assert(later.word == before.word && later.times == before.times);
        assert(later.anchors == before.anchors && later.anchoredAt == before.anchoredAt);
        assert(later.spec == before.spec && later.proposed == before.proposed);
        if (otherId == id) return;
        assert(later.version == before.version && later.stateHash == before.stateHash);
    }
}
