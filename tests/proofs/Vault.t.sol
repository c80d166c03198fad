// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IOracleHub} from "../../contracts/interfaces/IOracleHub.sol";
import {IStrategyRegistry} from "../../contracts/interfaces/IStrategyRegistry.sol";
import {RebalancingVault} from "../../contracts/RebalancingVault.sol";
import {Test} from "../forge/Test.sol";

/// @notice A token that anyone mints.
contract Coin is ERC20("Coin", "COIN") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @notice The vault, with its books open to a proof. None of its code is changed.
contract OpenVault is RebalancingVault {
    constructor(Setup memory setup) RebalancingVault(setup) {}

    function seed(address holder, uint256 shares, uint256 assets_) external {
        _mint(holder, shares);
        _holdings[0].balance = assets_;
    }
}

/// @notice Share accounting of a vault that holds its base asset, whatever it holds and however many shares there are.
/// @custom:proves no round trip gains, every rounding favours who stays, books and balances agree
contract VaultProof is Test {
    /// @dev 10**6, the vault's offset against inflation.
    uint256 private constant VIRTUAL = 1e6;
    address private constant ME = address(0x1234);
    address private constant OTHERS = address(0x5678);

    struct Books {
        uint112 assets;
        uint112 mine;
        uint112 others;
    }

    Coin private coin;
    OpenVault private vault;

    function setUp() public {
        coin = new Coin();
        address[] memory coins = new address[](1);
        coins[0] = address(coin);
        vault = new OpenVault(
            RebalancingVault.Setup(
                "Vault",
                "VLT",
                coins,
                "core",
                IStrategyRegistry(address(1)),
                IOracleHub(address(2)),
                address(3),
                address(4)
            )
        );
    }

    /// @notice `deposit` mints no more shares than the amount is worth, and books what came.
    function check_deposit(Books memory books, uint112 amount) public {
        (uint256 assets, uint256 supply) = _given(books, amount);
        _product(amount, supply + VIRTUAL);
        vm.prank(ME);
        uint256 shares = vault.deposit(amount, ME);
        assert(shares == amount * (supply + VIRTUAL) / (assets + 1));
        _checkBought(books, amount, shares);
    }

    /// @notice `mint` takes no less than the shares are worth, and books what came.
    function check_mint(Books memory books, uint112 shares) public {
        (uint256 assets, uint256 supply) = _given(books, type(uint128).max);
        _product(shares, assets + 1);
        vm.prank(ME);
        uint256 amount = vault.mint(shares, ME);
        assert(amount == _up(shares, assets + 1, supply + VIRTUAL));
        _checkBought(books, amount, shares);
    }

    /// @notice `redeem` pays no more than the shares are worth, and books what went.
    function check_redeem(Books memory books, uint112 shares) public {
        (uint256 assets, uint256 supply) = _given(books, 0);
        _product(assets, supply + VIRTUAL);
        _product(shares, assets + 1);
        vm.prank(ME);
        uint256 amount = vault.redeem(shares, ME, ME);
        assert(amount == shares * (assets + 1) / (supply + VIRTUAL));
        _checkSold(books, amount, shares);
    }

    /// @notice `withdraw` burns no fewer shares than the amount is worth, and books what went.
    function check_withdraw(Books memory books, uint112 amount) public {
        (uint256 assets, uint256 supply) = _given(books, 0);
        _product(books.mine, assets + 1);
        _product(amount, supply + VIRTUAL);
        vm.prank(ME);
        uint256 shares = vault.withdraw(amount, ME, ME);
        assert(shares == _up(amount, supply + VIRTUAL, assets + 1));
        _checkSold(books, amount, shares);
    }

    /// @notice `redeemInKind` pays no more than the shares' part, without any price.
    function check_redeemInKind(Books memory books, uint112 shares) public {
        (uint256 assets, uint256 supply) = _given(books, 0);
        _product(shares, assets);
        vm.prank(ME);
        uint256 amount = vault.redeemInKind(shares, ME, ME)[0];
        assert(amount == shares * assets / (supply + VIRTUAL));
        _checkSold(books, amount, shares);
    }

    /* INSIDE */

    function _given(Books memory books, uint256 money)
        private
        returns (uint256 assets, uint256 supply)
    {
        (assets, supply) = (books.assets, uint256(books.mine) + books.others);
        vault.seed(ME, books.mine, 0);
        vault.seed(OTHERS, books.others, assets);
        coin.mint(address(vault), assets);
        coin.mint(ME, money);
        vm.prank(ME);
        coin.approve(address(vault), type(uint256).max);
    }

    /// @dev What is true of any two numbers whose product has 255 bits, and too hard for the solver to find: modulo
    /// 2**256 - 1, by which `Math.mulDiv` looks for an overflow, the product is itself.
    function _product(uint256 left, uint256 right) private pure {
        vm.assume(mulmod(left, right, type(uint256).max) == left * right);
    }

    /// @dev `left * right / whole`, and one more where anything is left.
    function _up(uint256 left, uint256 right, uint256 whole) private pure returns (uint256) {
        return left * right / whole + (mulmod(left, right, whole) != 0 ? 1 : 0);
    }

    function _checkBought(Books memory books, uint256 amount, uint256 shares) private view {
        assert(vault.totalAssets() == books.assets + amount);
        assert(vault.balanceOf(ME) == books.mine + shares);
        _checkSums(books);
    }

    function _checkSold(Books memory books, uint256 amount, uint256 shares) private view {
        assert(vault.totalAssets() == books.assets - amount);
        assert(vault.balanceOf(ME) == books.mine - shares);
        assert(coin.balanceOf(ME) == amount);
        _checkSums(books);
    }

    /// @dev What the vault says that it has is there, and shares are those of the holders.
    function _checkSums(Books memory books) private view {
        assert(vault.balanceOf(OTHERS) == books.others);
        assert(vault.totalSupply() == vault.balanceOf(ME) + books.others);
        assert(coin.balanceOf(address(vault)) == vault.totalAssets());
    }
}
