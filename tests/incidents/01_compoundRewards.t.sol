// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../contracts/interfaces/IStrategyRegistry.sol";
import {RegistryTest} from "../forge/StrategyRegistry/RegistryTest.sol";
import {Governed} from "./Governed.sol";

/// @title Compound 62: a reward split with a wrong comparison
/// @notice A vote replaced the code that splits rewards. A comparison in it was wrong, and some accounts could claim
/// rewards since the beginning of time. Nobody could stop it: the next vote took seven days, and meanwhile anyone could
/// send the contract more to give away, and did.
/// @custom:row 1
/// @custom:date 2021-09-29
/// @custom:loss up to 280,000 COMP (about $80 million), later $68.8 million more
/// @custom:cause an error in code that was put in place by vote, and no brake faster than the next vote
/// @custom:label not ours
/// @custom:left the comparison is code, not a parameter: bounds, steps and validators never see it. No vote replaces the code of the registry, of a vault or of the hub, so the way in does not exist here; a reward contract of somebody else keeps its own. The second half of the cause is ours, and shown: a version of parameters that turns out bad is taken back by the guardian in the next block and not in seven days.
contract Incident01Test is RegistryTest, Governed {
    function setUp() public override {
        _foundDao();
        governor = address(timelock);
        super.setUp();
    }

    /// @notice The guardian takes a vote's version back 12 seconds later, all of it by one call, and no other comes; the
    /// vote that would have done it takes seven days.
    function test_brake_takesSecondsWhereTheNextVoteTakesDays() public {
        IStrategyRegistry.Proof memory proof = _proofOfTheListing();
        dao.execute(_vote(_with(_change(SLIPPAGE, 500, 750), BUFFER, 500, 250), "# Up"));
        uint256 since = vm.getBlockTimestamp();
        proof.later = new IStrategyRegistry.Link[](1);
        proof.later[0] = IStrategyRegistry.Link(REPORT, _wordsHash(0));
        skip(12);
        vm.startPrank(guardian);
        registry.rollbackTo(CORE, proof, FOREVER, 0);
        registry.freeze(CORE, uint40(vm.getBlockTimestamp() + 14 days));
        vm.stopPrank();
        assertEq(_value(SLIPPAGE), 500);
        assertEq(_value(BUFFER), 500);
        assertEq(vm.getBlockTimestamp() - since, 12);

        uint256 id = _vote(_change(SLIPPAGE, 500, 250), "# Down");
        assertGe(vm.getBlockTimestamp() - since, VOTE_TAKES);
        vm.expectPartialRevert(IStrategyRegistry.Frozen.selector);
        dao.execute(id);
    }

    /// @notice The brake only brakes: what the guardian took back it cannot set again, nor anything beyond it.
    function test_brake_cannotAddRisk() public {
        vm.prank(guardian);
        vm.expectRevert(
            abi.encodeWithSelector(IStrategyRegistry.AddsRisk.selector, SLIPPAGE, 500, 501)
        );
        registry.guardianReduce(CORE, _change(SLIPPAGE, 500, 501));
    }

    function _vote(IStrategyRegistry.Change[] memory changes, string memory title)
        private
        returns (uint256)
    {
        bytes memory call =
            abi.encodeCall(IStrategyRegistry.setParams, (CORE, changes, 0, FOREVER, REPORT));
        return _passed(address(registry), call, title);
    }

    /// @dev What the listing left in its three modules.
    function _proofOfTheListing() private view returns (IStrategyRegistry.Proof memory proof) {
        proof.version = 1;
        proof.previousHash = keccak256(abi.encode(block.chainid, address(registry), CORE));
        proof.modules = new IStrategyRegistry.ModuleWords[](3);
        uint8[3] memory modules = [0, 1, 3];
        for (uint256 i; i < 3; ++i) {
            uint256[] memory words = registry.wordsOf(CORE, modules[i]);
            proof.modules[i] = IStrategyRegistry.ModuleWords(modules[i], words);
        }
    }
}
