// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {SpecsTest} from "./SpecsTest.sol";

/// @notice Governance proposes other limits for a parameter.
contract ProposeSpecTest is SpecsTest {
    /* ACCESS */

    /// @notice Only the governor.
    function test_onlyTheGovernor(address caller) public {
        vm.assume(caller != governor);
        _expectNotGovernor(caller);
        vm.prank(caller);
        registry.proposeSpec(CORE, SLIPPAGE, 0);
    }

    /* NORMAL PATH */

    /// @notice A proposal waits a week and changes nothing yet.
    function test_waits() public {
        uint256 activeFrom = block.timestamp + DELAY;
        vm.expectEmit(address(registry));
        emit IStrategyRegistry.SpecProposed(CORE, SLIPPAGE, _pack(_wide()), activeFrom);
        _propose(SLIPPAGE, _wide());
        _assertProposed(SLIPPAGE, _pack(_wide()), activeFrom);
        assertEq(registry.specOf(CORE, SLIPPAGE), _pack(_slippage()));
        _expect(abi.encodeWithSelector(IStrategyRegistry.JumpTooLarge.selector, SLIPPAGE, 251, 250));
        _set(_change(SLIPPAGE, 500, 751));
        assertEq(registry.SPEC_DELAY(), DELAY);
        assertEq(registry.SPEC_WINDOW(), WINDOW);
    }

    /// @notice A second proposal takes the first one's place and waits anew: no short wait can be inherited.
    function test_replaces() public {
        Spec memory spec = _slippage();
        spec.maximum = 1001;
        _propose(SLIPPAGE, spec);
        skip(DELAY - 1);
        _propose(SLIPPAGE, _wide());
        uint256 activeFrom = block.timestamp + DELAY;
        _assertProposed(SLIPPAGE, _pack(_wide()), activeFrom);
        skip(1);
        _expect(
            abi.encodeWithSelector(IStrategyRegistry.SpecNotReady.selector, SLIPPAGE, activeFrom)
        );
        registry.activateSpec(CORE, SLIPPAGE);
    }

    /// @notice Also while frozen, since it changes nothing; and for several parameters side by side.
    function test_whileFrozen() public {
        _freeze(1 days);
        _propose(SLIPPAGE, _wide());
        Spec memory spec = _wide();
        (spec.minimum, spec.risk) = (5, DOWN_RISK);
        _propose(BUFFER, spec);
        _assertProposed(SLIPPAGE, _pack(_wide()), block.timestamp + DELAY);
        _assertProposed(BUFFER, _pack(spec), block.timestamp + DELAY);
    }

    /* ERRORS, in the order of the checks */

    /// @notice Neither a strategy nor a key that was never listed can have other limits.
    function test_unknown() public {
        vm.startPrank(governor);
        _expectUnknown();
        registry.proposeSpec("x", SLIPPAGE, 0);
        _expectKey(IStrategyRegistry.ParamUnknown.selector, 12);
        registry.proposeSpec(CORE, 12, _pack(_slippage()));
    }

    /// @notice Not for a parameter that was given up.
    function test_abdicated() public {
        _abdicate(SLIPPAGE, 500);
        _expectKey(IStrategyRegistry.Abdicated.selector, SLIPPAGE);
        _propose(SLIPPAGE, _wide());
    }

    /// @notice A proposal can be listed: no step above the jump, none of the registry's own bits.
    function test_specInvalid() public {
        Spec memory spec = _wide();
        spec.stepUp = 301;
        _expectInvalid(_pack(spec));
        _expectInvalid(_pack(_wide()) | (1 << 206));
        _expectInvalid(_pack(_wide()) | (1 << 255));
    }

    function _expectInvalid(uint256 spec) private {
        _expect(abi.encodeWithSelector(IStrategyRegistry.SpecInvalid.selector, SLIPPAGE, spec));
        vm.prank(governor);
        registry.proposeSpec(CORE, SLIPPAGE, spec);
    }

    /// @notice What the parameter is stays: the guardian's direction above all.
    function test_specKindChanged() public {
        Spec memory spec = _wide();
        spec.risk = NEUTRAL_RISK;
        _expectKey(IStrategyRegistry.SpecKindChanged.selector, SLIPPAGE);
        _propose(SLIPPAGE, spec);
        spec.risk = DOWN_RISK;
        _expectKey(IStrategyRegistry.SpecKindChanged.selector, SLIPPAGE);
        _propose(SLIPPAGE, spec);
        spec = _cap();
        spec.scale = 7;
        _expectKey(IStrategyRegistry.SpecKindChanged.selector, CAP);
        _propose(CAP, spec);
    }

    /// @notice The limits that hold already are no proposal.
    function test_noChanges() public {
        _expect(abi.encodeWithSelector(IStrategyRegistry.NoChanges.selector));
        _propose(SLIPPAGE, _slippage());
    }
}
