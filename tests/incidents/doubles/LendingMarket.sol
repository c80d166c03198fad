// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {TestToken} from "../../../contracts/mocks/TestToken.sol";

/// @notice Whoever prices: US dollars for a whole token, 18 decimals. Our hub does.
interface IPriceSource {
    function price(address asset) external view returns (uint256);
}

/// @notice A lending market of the field in what the incidents need: one collateral, one debt, believed prices, and
/// anyone may liquidate a position beyond the threshold. No interest; all of a position can be closed at once.
contract LendingMarket {
    using Math for uint256;

    struct Terms {
        uint256 maxLtvBps;
        uint256 liquidationBps;
        uint256 bonusBps;
    }

    uint256 private constant BPS = 10_000;

    IPriceSource public immutable prices;
    TestToken public immutable collateral;
    TestToken public immutable debt;
    Terms public terms;
    mapping(address => uint256) public collateralOf;
    mapping(address => uint256) public debtOf;

    error LtvTooHigh(uint256 debtValue, uint256 limit);
    error Healthy(uint256 debtValue, uint256 limit);

    constructor(address prices_, TestToken collateral_, TestToken debt_, Terms memory terms_) {
        (prices, collateral, debt, terms) = (IPriceSource(prices_), collateral_, debt_, terms_);
    }

    function supply(uint256 amount) external {
        collateral.transferFrom(msg.sender, address(this), amount);
        collateralOf[msg.sender] += amount;
    }

    function borrow(uint256 amount) external {
        debtOf[msg.sender] += amount;
        uint256 owed = valueOf(debt, debtOf[msg.sender]);
        uint256 limit = valueOf(collateral, collateralOf[msg.sender]) * terms.maxLtvBps / BPS;
        if (owed > limit) revert LtvTooHigh(owed, limit);
        debt.transfer(msg.sender, amount);
    }

    /// @notice Repays as much as the collateral is said to be worth, less the bonus, and takes the collateral for it.
    function liquidate(address borrower) external returns (uint256 repaid, uint256 seized) {
        uint256 owed = valueOf(debt, debtOf[borrower]);
        uint256 worth = valueOf(collateral, collateralOf[borrower]);
        uint256 limit = worth * terms.liquidationBps / BPS;
        if (owed <= limit) revert Healthy(owed, limit);
        uint256 paid = Math.min(owed, worth * BPS / (BPS + terms.bonusBps));
        repaid = _amountOf(debt, paid);
        seized = _amountOf(collateral, paid.mulDiv(BPS + terms.bonusBps, BPS, Math.Rounding.Ceil));
        seized = Math.min(seized, collateralOf[borrower]);
        debtOf[borrower] -= repaid;
        collateralOf[borrower] -= seized;
        debt.transferFrom(msg.sender, address(this), repaid);
        collateral.transfer(msg.sender, seized);
    }

    function valueOf(TestToken token, uint256 amount) public view returns (uint256) {
        return amount.mulDiv(prices.price(address(token)), 10 ** token.decimals());
    }

    function _amountOf(TestToken token, uint256 value) private view returns (uint256) {
        uint256 price = prices.price(address(token));
        return value.mulDiv(10 ** token.decimals(), price, Math.Rounding.Ceil);
    }
}
