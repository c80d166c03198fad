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
/// @custom:left the comparison is code, not a parameter: bounds, steps and validators never see it. No vote replaces the code of the registry, of a vault or of the hub, so the way in does not exist here; a reward contract of somebody else keeps its own. The second half of the cause is ours, and shown: a change of parameters that turns out bad is taken back in the next block and not in seven days.
contract Incident01Test is RegistryTest, Governed {
    function setUp() public override {
        _foundDao();
        governor = address(timelock);
        super.setUp();
    }

    /// @notice The guardian takes a vote's change back 12 seconds later, and the next one cannot come; the vote that
    /// would have done it takes seven days.
    function test_brake_takesSecondsWhereTheNextVoteTakesDays() public {
        dao.execute(_vote(500, 750, "# Up"));
        uint256 since = vm.getBlockTimestamp();
        skip(12);
        _reduce(_change(SLIPPAGE, 750, 500));
        _freeze(14 days);
        assertEq(_value(SLIPPAGE), 500);
        assertEq(vm.getBlockTimestamp() - since, 12);

        uint256 id = _vote(500, 250, "# Down");
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

    function _vote(int256 from, int256 to, string memory title) private returns (uint256) {
        bytes memory call = abi.encodeCall(
            IStrategyRegistry.setParams, (CORE, _change(SLIPPAGE, from, to), 0, FOREVER, REPORT)
        );
        return _passed(address(registry), call, title);
    }
}
