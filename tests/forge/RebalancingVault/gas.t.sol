// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";

import {IRebalancingVault} from "../../../contracts/interfaces/IRebalancingVault.sol";
import {TestToken} from "../../../contracts/mocks/TestToken.sol";
import {RebalancingVault} from "../../../contracts/RebalancingVault.sol";
import {VaultTest} from "./VaultTest.sol";

/// @notice OpenZeppelin's vault as it lies: the peer for deposits and withdrawals.
contract PlainVault is ERC4626 {
    constructor(IERC20 token) ERC20("Plain", "PLAIN") ERC4626(token) {}
}

/// @notice Gas of whole transactions (each call in isolation, with its 21,000 and calldata), after a first one.
/// forge-config: default.isolate = true
contract VaultGasTest is VaultTest {
    TestToken private _plainToken;

    function setUp() public override {
        super.setUp();
        _plainToken = new TestToken("Plain dollar", "USD", 6);
    }

    /// @notice Deposits and withdrawals of a vault of one asset cost at most 15 % more than OpenZeppelin's ERC-4626.
    function test_oneAssetIsNearThePeer() public {
        address[] memory one = new address[](1);
        one[0] = address(_plainToken);
        IERC4626 ours = new RebalancingVault(_setup(one));
        IERC4626 peer = new PlainVault(_plainToken);
        (uint256 peerDeposit, uint256 peerWithdraw) = _measure(peer);
        (uint256 deposit_, uint256 withdraw_) = _measure(ours);
        vm.snapshotValue("vault of one asset: deposit", deposit_);
        vm.snapshotValue("vault of one asset: withdraw", withdraw_);
        vm.snapshotValue("OpenZeppelin ERC4626: deposit", peerDeposit);
        vm.snapshotValue("OpenZeppelin ERC4626: withdraw", peerWithdraw);
        assertLe(deposit_ * 100, peerDeposit * 115);
        assertLe(withdraw_ * 100, peerWithdraw * 115);
    }

    /// @notice What a push, a deposit, a withdrawal and a rebalance of three assets take.
    function test_threeAssets() public {
        _fund();
        IRebalancingVault.Params memory p = _defaults();
        p.driftThreshold = 600;
        _apply(p);
        vm.snapshotValue("applyParams: a rule", _last());
        (p.targetWeight[1], p.targetWeight[2]) = (3600, 4400);
        _apply(p);
        _later(1 days);
        (p.targetWeight[1], p.targetWeight[2]) = (3500, 4500);
        _apply(p);
        vm.snapshotValue("applyParams: weights", _last());
        p.weightRamp = 2 days;
        (p.targetWeight[1], p.targetWeight[2]) = (3600, 4400);
        _apply(p);
        vm.snapshotValue("applyParams: weights and a rule", _last());
        (uint256 deposit_, uint256 withdraw_) = _measure(vault);
        vm.snapshotValue("vault of three assets: deposit", deposit_);
        vm.snapshotValue("vault of three assets: withdraw", withdraw_);
        _setPrice(WETH, 4200);
        _rebalance(_trade(WETH, WBTC, 10e18));
        vm.snapshotValue("rebalance: one trade", _last());
        vault.redeemInKind(1e12, address(this), address(this));
        vm.snapshotValue("vault of three assets: redeemInKind", _last());
    }

    function _measure(IERC4626 of_) private returns (uint256 deposit_, uint256 withdraw_) {
        TestToken token = TestToken(of_.asset());
        token.mint(address(this), 1000e6);
        token.approve(address(of_), type(uint256).max);
        of_.deposit(100e6, address(this));
        of_.deposit(100e6, address(this));
        deposit_ = _last();
        of_.withdraw(50e6, address(this), address(this));
        withdraw_ = _last();
    }

    function _last() private view returns (uint256) {
        return vm.lastCallGas().gasTotalUsed;
    }
}
