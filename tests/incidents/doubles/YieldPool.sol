// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {IAavePool} from "../../../contracts/interfaces/IAavePool.sol";
import {IVenue} from "../../../contracts/interfaces/IVenue.sol";
import {TestToken} from "../../../contracts/mocks/TestToken.sol";

/// @notice A lender's token: one for each unit of `underlying` that was lent.
contract LenderToken is ERC20 {
    TestToken public immutable underlying;

    constructor(string memory symbol_, TestToken underlying_) ERC20(symbol_, symbol_) {
        underlying = underlying_;
    }

    function lend(uint256 amount) external {
        underlying.transferFrom(msg.sender, address(this), amount);
        _mint(msg.sender, amount);
    }

    function takeBack(uint256 amount) external {
        _burn(msg.sender, amount);
        underlying.transfer(msg.sender, amount);
    }

    function decimals() public view override returns (uint8) {
        return underlying.decimals();
    }
}

/// @notice A yield pool as those of 2020 were: it believes the lender's address that it was deployed with, and counts
/// whatever lies at its own address.
contract YieldPool is ERC20 {
    TestToken public immutable token;
    LenderToken public immutable lender;

    constructor(TestToken token_, LenderToken lender_) ERC20("yield", "y") {
        (token, lender) = (token_, lender_);
    }

    function deposit(uint256 amount) external returns (uint256 shares) {
        shares = totalSupply() == 0 ? amount : amount * totalSupply() / value();
        token.transferFrom(msg.sender, address(this), amount);
        _mint(msg.sender, shares);
    }

    function withdraw(uint256 shares) external returns (uint256 amount) {
        amount = shares * value() / totalSupply();
        _burn(msg.sender, shares);
        token.transfer(msg.sender, amount);
    }

    /// @notice Anyone may have everything taken back from the lender, to lend it where the rate is best.
    function rebalance() external {
        lender.takeBack(lender.balanceOf(address(this)));
    }

    function value() public view returns (uint256) {
        return token.balanceOf(address(this)) + lender.balanceOf(address(this));
    }
}

/// @notice A way into a lender, deployed with the address of another one: it pays with that one's token.
contract WrongLender is IVenue {
    LenderToken private immutable _other;

    constructor(LenderToken other) {
        _other = other;
    }

    function swap(address tokenIn, address, uint256 amountIn, uint256) external returns (uint256) {
        TestToken(tokenIn).transferFrom(msg.sender, address(this), amountIn);
        TestToken underlying = _other.underlying();
        underlying.mint(address(this), amountIn);
        underlying.approve(address(_other), amountIn);
        _other.lend(amountIn);
        _other.transfer(msg.sender, amountIn);
        return amountIn;
    }
}

/// @notice A lending pool with one reserve, at a threshold of 80 %; it answers for others as Aave's does: with zero.
contract OneReservePool is IAavePool {
    address private immutable _reserve;

    constructor(address reserve) {
        _reserve = reserve;
    }

    function getConfiguration(address asset) external view returns (uint256) {
        return asset == _reserve ? 8000 << 16 : 0;
    }
}
