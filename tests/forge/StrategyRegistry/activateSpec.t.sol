// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {SpecsTest} from "./SpecsTest.sol";

/// @notice Anyone activates limits that were proposed and have waited.
contract ActivateSpecTest is SpecsTest {
    /* NORMAL PATH */

    /// @notice Anyone, once: the new limits hold and the proposal is gone.
    function test_anyoneActivates(address caller) public {
        bytes32 hash = registry.stateHash(CORE);
        _propose(SLIPPAGE, _wide());
        skip(DELAY);
        vm.expectEmit(address(registry));
        emit IStrategyRegistry.SpecChanged(CORE, SLIPPAGE, _pack(_wide()));
        vm.prank(caller);
        registry.activateSpec(CORE, SLIPPAGE);
        assertEq(registry.specOf(CORE, SLIPPAGE), _pack(_wide()));
        _assertProposed(SLIPPAGE, 0, 0);
        _set(_change(SLIPPAGE, 500, 800));
        assertEq(registry.stateHash(CORE), _stateHash(hash, 2, REPORT, _wordsHash(0)));
        _expectKey(IStrategyRegistry.SpecNotProposed.selector, SLIPPAGE);
        registry.activateSpec(CORE, SLIPPAGE);
    }

    /// @notice From the first second after the delay to the last of the window.
    function test_window() public {
        uint256 activeFrom = block.timestamp + DELAY;
        _propose(SLIPPAGE, _wide());
        vm.warp(activeFrom - 1);
        _expect(
            abi.encodeWithSelector(IStrategyRegistry.SpecNotReady.selector, SLIPPAGE, activeFrom)
        );
        registry.activateSpec(CORE, SLIPPAGE);
        vm.warp(activeFrom + WINDOW + 1);
        _expect(
            abi.encodeWithSelector(
                IStrategyRegistry.SpecProposalExpired.selector, SLIPPAGE, activeFrom + WINDOW
            )
        );
        registry.activateSpec(CORE, SLIPPAGE);
        vm.warp(activeFrom + WINDOW);
        registry.activateSpec(CORE, SLIPPAGE);
        assertEq(registry.specOf(CORE, SLIPPAGE), _pack(_wide()));
    }

    /// @notice The steward's reach grows with the jump, from the anchor of before: widening is no new anchor.
    function test_keepsTheAnchor() public {
        _propose(SLIPPAGE, _wide());
        _stewardSet(_change(SLIPPAGE, 500, 525));
        skip(DELAY);
        registry.activateSpec(CORE, SLIPPAGE);
        assertEq(registry.anchorOf(CORE, SLIPPAGE), 500);
        for (int256 value = 525; value < 795; value += 30) {
            skip(1 hours);
            _stewardSet(_change(SLIPPAGE, value, value + 30));
        }
        skip(1 hours);
        bytes4 rule = IStrategyRegistry.BeyondReach.selector;
        _expectSteward(
            _change(SLIPPAGE, 795, 801), abi.encodeWithSelector(rule, SLIPPAGE, 801, 500, 300)
        );
    }

    /// @notice Values that were set since count: the new bounds must hold the value of now.
    function test_valueOutside() public {
        Spec memory spec = _wide();
        (spec.minimum, spec.jump) = (450, 400);
        _propose(SLIPPAGE, spec);
        skip(DELAY);
        _reduce(_change(SLIPPAGE, 500, 449));
        _expect(abi.encodeWithSelector(IStrategyRegistry.BelowMinimum.selector, SLIPPAGE, 449, 450));
        registry.activateSpec(CORE, SLIPPAGE);
        skip(1);
        _set(_change(SLIPPAGE, 449, 450));
        registry.activateSpec(CORE, SLIPPAGE);
        assertEq(registry.specOf(CORE, SLIPPAGE), _pack(spec));
    }

    /* ERRORS, in the order of the checks */

    /// @notice A strategy that was never listed has nothing to activate.
    function test_unknownStrategy() public {
        _expectUnknown();
        registry.activateSpec("x", SLIPPAGE);
    }

    /// @notice Nothing proposed, nothing activated.
    function test_specNotProposed() public {
        _expectKey(IStrategyRegistry.SpecNotProposed.selector, SLIPPAGE);
        registry.activateSpec(CORE, SLIPPAGE);
        _expectKey(IStrategyRegistry.SpecNotProposed.selector, 12);
        registry.activateSpec(CORE, 12);
    }

    /// @notice A freeze of the strategy or of the parameter holds wider limits up, of another parameter it does not.
    function test_frozen() public {
        _propose(SLIPPAGE, _wide());
        skip(DELAY);
        _freeze(1 days);
        uint256 until = block.timestamp + 1 days;
        _expect(abi.encodeWithSelector(IStrategyRegistry.Frozen.selector, CORE, until));
        registry.activateSpec(CORE, SLIPPAGE);
        skip(1 days);
        _freezeKey(SLIPPAGE, 1 days);
        until = block.timestamp + 1 days;
        _expect(abi.encodeWithSelector(IStrategyRegistry.KeyIsFrozen.selector, SLIPPAGE, until));
        registry.activateSpec(CORE, SLIPPAGE);
        skip(1 days);
        _freezeKey(BUFFER, 1 days);
        registry.activateSpec(CORE, SLIPPAGE);
    }
}
