// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {OddToken} from "../forge/doubles/OddToken.sol";
import {Actor, System} from "./System.sol";

/// @title Three depositors and a donor
/// @notice Each tries to gain at the others' cost. After every act a share is worth at least what it was, to the digit
/// where prices can be read, and asset by asset where they cannot.
contract Depositors is Actor {
    uint256 public constant COUNT = 3;
    /// @notice What was given to the vault, by asset.
    uint256[ASSETS] public donated;

    constructor(System memory system_) Actor(system_) {}

    function actors(uint256 who) public pure returns (address) {
        return address(uint160(0xac00 + who % COUNT));
    }

    /// @dev Nobody loses to another's act, and nobody gains more than a millionth by it (rounding of few units).
    modifier costsNobody() {
        bool priced = _isPriced();
        uint256 before = priced ? _price() : 0;
        uint256[ASSETS] memory parts = _partsOfAShare();
        uint256 supply = system.vault.totalSupply();
        _;
        uint256[ASSETS] memory partsAfter = _partsOfAShare();
        for (uint256 i = 1; i < ASSETS; ++i) {
            // Whoever buys shares brings the base asset only; the others are spread over more shares then.
            if (system.vault.totalSupply() <= supply) assertGe(partsAfter[i], parts[i]);
        }
        if (!priced || !_isPriced()) return;
        uint256 price = _price();
        assertGe(price, before, "a share is worth less");
        if (supply > 1e15 && system.vault.totalSupply() > 1e15) {
            assertLe(price, before + before / 1e6, "a share is worth more");
        }
    }

    function deposit(uint256 who, uint256 amount) external act costsNobody {
        if (!_isOpen()) return;
        address actor = actors(who);
        amount = bound(amount, 0, 1e12);
        _give(actor, amount);
        vm.prank(actor);
        uint256 shares = system.vault.deposit(amount, actor);
        assertLe(system.vault.previewRedeem(shares), amount, "in and out is a gain");
        if (shares != 0) _done("deposit");
    }

    function mint(uint256 who, uint256 shares) external act costsNobody {
        if (!_isOpen()) return;
        address actor = actors(who);
        shares = bound(shares, 0, 1e18);
        uint256 cost = system.vault.previewMint(shares);
        _give(actor, cost);
        vm.prank(actor);
        assertEq(system.vault.mint(shares, actor), cost);
        if (cost != 0) _done("mint");
    }

    function withdraw(uint256 who, uint256 amount) external act costsNobody {
        if (_baseIsFrozen()) return;
        address actor = actors(who);
        amount = bound(amount, 0, system.vault.maxWithdraw(actor));
        if (amount == 0) return;
        vm.prank(actor);
        system.vault.withdraw(amount, actor, actor);
        _done("withdraw");
    }

    function redeem(uint256 who, uint256 shares) external act costsNobody {
        if (_baseIsFrozen()) return;
        address actor = actors(who);
        shares = bound(shares, 0, system.vault.maxRedeem(actor));
        if (shares == 0) return;
        vm.prank(actor);
        system.vault.redeem(shares, actor, actor);
        _done("redeem");
    }

    /// @notice Works whatever is dark, frozen or behind, and gives exactly the part, rounded down.
    function redeemInKind(uint256 who, uint256 shares) external act costsNobody {
        address actor = actors(who);
        shares = bound(shares, 0, system.vault.balanceOf(actor));
        uint256 whole = system.vault.totalSupply() + 1e6;
        uint256[ASSETS] memory due;
        for (uint256 i = 0; i < ASSETS; ++i) {
            due[i] = Math.mulDiv(system.vault.balanceOfAsset(i), shares, whole) + _has(i, actor);
        }
        vm.prank(actor);
        system.vault.redeemInKind(shares, actor, actor);
        for (uint256 i = 0; i < ASSETS; ++i) {
            assertEq(_has(i, actor), due[i], "not the part that is due");
        }
        if (shares == 0) return;
        _done("redeemInKind");
        if (!_isPriced()) _done("redeemInKind in the dark");
    }

    function claim(uint256 who, uint256 asset) external act costsNobody {
        address actor = actors(who);
        OddToken token = system.tokens[asset % ASSETS];
        if (system.vault.setAside(address(token), actor) == 0) return;
        token.setFault(OddToken.Fault.None);
        vm.prank(actor);
        system.vault.claim(address(token), actor);
        _done("claim");
    }

    /// @notice Shares change hands.
    function transfer(uint256 from, uint256 to, uint256 shares) external act costsNobody {
        shares = bound(shares, 0, system.vault.balanceOf(actors(from)));
        vm.prank(actors(from));
        assertTrue(system.vault.transfer(actors(to), shares));
    }

    /// @notice A donation moves no price, no value, no limit: nothing at all.
    function donate(uint256 asset, uint256 amount) external act {
        asset = asset % ASSETS;
        amount = bound(amount, 1, 1e20);
        bytes32 before = _accounts();
        system.tokens[asset].mint(address(system.vault), amount);
        donated[asset] += amount;
        assertEq(_accounts(), before, "a donation is counted");
        _done("donate");
    }

    /// @dev Everything that a donation could move.
    function _accounts() private view returns (bytes32 hash) {
        for (uint256 i = 0; i < ASSETS; ++i) {
            hash = keccak256(abi.encode(hash, system.vault.balanceOfAsset(i)));
            hash = keccak256(abi.encode(hash, system.vault.maxWithdraw(actors(i))));
        }
        if (!_isPriced()) return hash;
        return keccak256(abi.encode(hash, system.vault.totalAssets(), _price()));
    }

    function _partsOfAShare() private view returns (uint256[ASSETS] memory parts) {
        uint256 whole = system.vault.totalSupply() + 1e6;
        for (uint256 i = 0; i < ASSETS; ++i) {
            parts[i] = Math.mulDiv(system.vault.balanceOfAsset(i), 1e36, whole);
        }
    }

    /// @dev Paid out or set aside.
    function _has(uint256 asset, address actor) private view returns (uint256) {
        OddToken token = system.tokens[asset];
        return token.balanceOf(actor) + system.vault.setAside(address(token), actor);
    }

    function _give(address actor, uint256 amount) private {
        system.tokens[0].mint(actor, amount);
        vm.prank(actor);
        system.tokens[0].approve(address(system.vault), amount);
    }

    function _baseIsFrozen() private view returns (bool) {
        return system.tokens[0].fault() != OddToken.Fault.None;
    }
}
