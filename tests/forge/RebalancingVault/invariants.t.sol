// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRebalancingVault} from "../../../contracts/interfaces/IRebalancingVault.sol";
import {RebalancingVault} from "../../../contracts/RebalancingVault.sol";
import {OddToken} from "../doubles/OddToken.sol";
import {VaultHandler} from "./VaultHandler.sol";
import {VaultTest} from "./VaultTest.sol";

contract InvariantsTest is VaultTest {
    VaultHandler private _handler;

    function setUp() public override {
        super.setUp();
        // The handler is executor and keeper; its address must be known before it is made.
        address handler = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        address[] memory assets = vault.assets();
        RebalancingVault.Setup memory setup = _setup(assets);
        setup.executor = handler;
        vault = new RebalancingVault(setup);
        _handler = new VaultHandler(vault, venue, registry, tokens, feeds, _words(_eager()));
        assertEq(address(_handler), handler);
        vault.grantRole(vault.CURATOR_ROLE(), address(this));
        vault.grantRole(vault.KEEPER_ROLE(), handler);
        vault.setVenue(venue, true);
        _handler.govern(2000, 3500, true);
        _handler.deposit(0, 1e12);
        targetContract(handler);
    }

    /// @dev Rules under which a run sees as many rebalances as can be.
    function _eager() private pure returns (IRebalancingVault.Params memory p) {
        p = _defaults();
        p.driftThreshold = 25;
        p.tradeCoolOff = 0;
        p.rebalanceInterval = 900;
        p.slippageBudget = 1000;
    }

    /// @notice The vault's own records are covered by tokens, with what is set aside, after any acts of anybody.
    function invariant_recordsAreCovered() public view {
        for (uint256 i = 0; i < 3; ++i) {
            uint256 owed = vault.balanceOfAsset(i);
            for (uint256 j = 0; j < 3; ++j) {
                owed += vault.setAside(address(tokens[i]), _handler.actors(j));
            }
            assertGe(tokens[i].balanceOf(address(vault)), owed);
        }
    }

    /// @notice A vault never obeys a version that was not committed.
    function invariant_versionIsNeverAhead() public view {
        assertLe(vault.appliedVersion(), registry.version(STRATEGY));
    }

    /// @notice The targets are the whole at any time.
    function invariant_targetsAreTheWhole() public view {
        uint256[] memory targets = vault.targetWeightsNow();
        assertEq(targets[0] + targets[1] + targets[2], WHOLE);
    }

    /// @notice In the end everybody can leave in kind, whatever happened and without any price, and no more than dust
    /// stays.
    function afterInvariant() public {
        skip(365 days);
        tokens[WBTC].setFault(OddToken.Fault.AnswersFalse);
        uint256 supply = vault.totalSupply();
        uint256[3] memory before;
        for (uint256 i = 0; i < 3; ++i) {
            before[i] = vault.balanceOfAsset(i);
        }
        for (uint256 i = 0; i < 3; ++i) {
            address actor = _handler.actors(i);
            uint256 shares = vault.balanceOf(actor);
            vm.prank(actor);
            vault.redeemInKind(shares, actor, actor);
        }
        assertEq(vault.totalSupply(), 0);
        for (uint256 i = 0; i < 3 && supply > 1e15; ++i) {
            // The part of the virtual shares, and a unit of rounding for each who left.
            assertLe(vault.balanceOfAsset(i), before[i] * 1e6 / supply + 4);
        }
    }
}
