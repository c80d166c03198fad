// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {TestToken} from "../../../contracts/mocks/TestToken.sol";

/// @notice A lending market as forks of Compound v2 have it: what lies on its address backs its shares, a redemption
/// rounds the shares that it costs down, and whoever holds shares borrows a factor of what they are worth.
contract CompoundMarket {
    uint256 private constant BPS = 10_000;

    address public immutable owner;
    TestToken public immutable collateral;
    TestToken public immutable dollars;
    /// @notice Of one whole token, in whole dollars with 18 decimals.
    uint256 public immutable price;
    bool public listed;
    uint256 public factorBps;
    uint256 public totalShares;
    mapping(address => uint256) public sharesOf;
    mapping(address => uint256) public debtOf;

    error NotOwner(address caller);
    error NotListed();
    error TooMuchDebt(uint256 debt, uint256 limit);

    modifier onlyOwner() {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        _;
    }

    constructor(address owner_, TestToken collateral_, TestToken dollars_, uint256 price_) {
        (owner, collateral, dollars, price) = (owner_, collateral_, dollars_, price_);
    }

    function list() external onlyOwner {
        listed = true;
    }

    function setFactor(uint256 bps) external onlyOwner {
        if (!listed) revert NotListed();
        factorBps = bps;
    }

    function mint(uint256 amount) external {
        if (!listed) revert NotListed();
        uint256 held = collateral.balanceOf(address(this));
        uint256 shares = totalShares == 0 ? amount : amount * totalShares / held;
        collateral.transferFrom(msg.sender, address(this), amount);
        (totalShares, sharesOf[msg.sender]) = (totalShares + shares, sharesOf[msg.sender] + shares);
    }

    function redeem(uint256 amount) external {
        uint256 shares = amount * totalShares / collateral.balanceOf(address(this));
        sharesOf[msg.sender] -= shares;
        // Shares that stay count at the rate of before.
        _checkDebt();
        totalShares -= shares;
        collateral.transfer(msg.sender, amount);
    }

    function borrow(uint256 amount) external {
        debtOf[msg.sender] += amount;
        _checkDebt();
        dollars.transfer(msg.sender, amount);
    }

    function _checkDebt() private view {
        uint256 held = collateral.balanceOf(address(this));
        uint256 worth = sharesOf[msg.sender] * held / totalShares * price / 1e18;
        uint256 limit = worth * factorBps / BPS;
        if (debtOf[msg.sender] > limit) revert TooMuchDebt(debtOf[msg.sender], limit);
    }
}
